"""March 2020 as demo data, its mailbox and its one-click sign-in; only in demo mode."""

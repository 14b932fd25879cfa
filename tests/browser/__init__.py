"""The product in a real browser: Chromium against the real server and the real worker."""

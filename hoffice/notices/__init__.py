"""The outbox: mails written inside the deed's transaction, delivered by the worker."""

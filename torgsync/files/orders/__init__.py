"""Order files, the outbox, and the accounting program's list of clients."""

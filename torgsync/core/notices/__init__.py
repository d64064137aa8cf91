"""What people are notified of: situations of a sync object, and which of them are news."""

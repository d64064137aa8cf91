"""What is decided about a fleet of shops: objects that were pushed, and what they may reach."""

"""Plan, guards and channels: compare, decide, hold, and explain."""

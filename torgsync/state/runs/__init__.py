"""Plans, runs, their journal, and the schedule."""

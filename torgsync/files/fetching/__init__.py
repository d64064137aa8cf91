"""Files on servers that a sync object reads: fetched, checked, and kept as copies in the home."""

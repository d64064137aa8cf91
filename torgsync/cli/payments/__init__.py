"""`torgsync payments`."""

"""`torgsync fields`."""

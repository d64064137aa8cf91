"""`torgsync approve`."""

"""`torgsync clients`."""

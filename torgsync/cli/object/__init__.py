"""`torgsync object`."""

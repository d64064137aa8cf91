"""`torgsync orders`."""

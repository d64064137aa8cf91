"""`torgsync schedule`."""

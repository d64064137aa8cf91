"""The state: the export, what Prom has, what was sent, and orders."""

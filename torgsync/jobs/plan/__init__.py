"""Make, explain and adopt plans."""

"""Several sync objects at the same time, each with output of its own."""

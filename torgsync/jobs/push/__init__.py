"""Perform a plan and record its outcomes."""

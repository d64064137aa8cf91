"""Saved plans and decisions on disk."""

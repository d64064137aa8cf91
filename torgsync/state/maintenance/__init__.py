"""Checks the state as a whole, copies it, and puts a copy in its place."""

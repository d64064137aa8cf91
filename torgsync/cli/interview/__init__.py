"""Asks a person one question after the other."""

"""Readers of the accounting program's export and its photo folder."""

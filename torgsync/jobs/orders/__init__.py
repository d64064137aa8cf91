"""Bring orders, clients and payments home."""

"""Addresses of people and of monitors, and what is sent to them."""

"""The sandbox's HTTP API."""

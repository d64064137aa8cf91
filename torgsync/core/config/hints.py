"""Commands that several parts of the program print as the way on."""

from __future__ import annotations

from torgsync.core.shell import command


def map_command(method: str, called: str) -> str:
    """Return the command that gives the money of a payment method a place, for the object `called`."""
    return command("payments map", method, options=f'--cash-register "…" -o {called}')

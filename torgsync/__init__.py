"""Keep a Prom.ua shop equal to a Torgsoft export, and bring its orders home."""

__version__ = "0.1.0"

"""Keep a Prom.ua shop equal to a Torgsoft export, and bring its orders into Torgsoft."""

__version__ = "0.1.0"

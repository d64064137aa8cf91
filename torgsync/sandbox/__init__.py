"""A Prom.ua of your own on loopback: behaviour and HTTP."""

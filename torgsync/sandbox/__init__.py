"""A Prom.ua of your own on loopback: behaviour and HTTP.

An independent reading of docs/developers/prom-api.md: it shares no code with the client, so that a mistake of
the client is not repeated here.
"""

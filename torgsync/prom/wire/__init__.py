"""JSON of Prom.ua to values and back."""

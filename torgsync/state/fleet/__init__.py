"""What concerns all shops of a state together."""

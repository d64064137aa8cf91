"""The memory: what was seen, sent, answered and brought home."""

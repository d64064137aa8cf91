"""The catalogue of sentences: one function or template a code, and nothing that decides anything."""

"""Orders, clients and postings as values, and the decisions about them."""

"""Orders, order files, clients and postings."""

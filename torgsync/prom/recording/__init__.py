"""Records requests and answers without anybody's data."""

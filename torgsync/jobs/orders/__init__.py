"""Jobs about orders, clients and payments."""

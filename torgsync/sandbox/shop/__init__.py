"""The sandbox's shop: products, orders, imports, and what is kept of them."""

"""What the state knows of one shop: rows, desired and existing products, photos, adoptions."""

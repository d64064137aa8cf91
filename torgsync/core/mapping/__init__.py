"""From an export row to a desired product: selection, row, price and stock, mapper."""

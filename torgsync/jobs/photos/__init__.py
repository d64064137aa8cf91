"""Photos of items: those of the folder, what they are, and whether they can be fetched."""

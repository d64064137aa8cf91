"""Photos: the folder that has them, their pictures, and the places where they are published."""

"""Read the export into the state."""

"""Settings of a sync object: keys, notation, validation, schedule."""

"""Jobs of a fleet of shops, whose objects are in the state."""

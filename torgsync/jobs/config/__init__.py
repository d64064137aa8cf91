"""Work on sync objects: fields, schedule, checks."""

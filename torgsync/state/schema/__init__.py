"""Tables, migrations and backups of the state."""

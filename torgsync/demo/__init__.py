"""The demonstration and the sandbox's start-up: only they and `cli` know the sandbox."""

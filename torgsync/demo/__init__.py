"""The demonstration and the sandbox's start-up: the only code besides `cli` that knows the sandbox."""

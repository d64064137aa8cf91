"""The user interface: commands, prompts and tables. The only layer that uses Typer and Rich."""

"""The face: commands, prompts and tables. The only floor that knows Typer and Rich."""

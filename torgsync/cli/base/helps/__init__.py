"""Helps of commands: how they are written, what stands for a value in them, and what a shell completes."""

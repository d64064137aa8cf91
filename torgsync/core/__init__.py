"""Pure decisions: values in, values out. No file, socket, clock, database or screen."""

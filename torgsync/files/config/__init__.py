"""Object files, tokens, folders of the home, timers and logs."""

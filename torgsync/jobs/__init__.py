"""What the program does, one verb a file. A job returns a value; it never prints."""

"""Run the program: `python -m torgsync`."""

from torgsync.cli.app import main

main()

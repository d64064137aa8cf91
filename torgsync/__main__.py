"""The entry point of the program, also for `python -m torgsync`."""

import atexit
import gc
import os
import sys

from torgsync import __version__


def main() -> None:
    """Run the program; the version alone is printed without Typer, which takes longest to import."""
    if sys.argv[1:] == ["--version"]:
        print(f"torgsync {__version__}")  # noqa: T201  # it is the data asked for
        return
    gc.set_threshold(200_000)  # more than a start makes: what is imported stays, and is not looked through
    atexit.register(gc.freeze)  # nor is it once more when the process ends, which returns all memory
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for them reads all packages
    from torgsync.cli.app import main as run  # noqa: PLC0415  # as above

    run()


if __name__ == "__main__":
    main()

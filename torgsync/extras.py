"""Optional libraries: the command that adds one to this very installation of the program."""

from __future__ import annotations

import json
import os
import shlex
import sys
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

NAME = "torgsync"


def install_command(extra: str) -> str:
    """Return the command that installs an extra, such as `s3`, where this program runs from.

    The environment that the README makes has no pip of its own, and the program may come from a folder.
    """
    folder, editable = _source()
    what = _quoted(f"{folder or NAME}[{extra}]")
    for tool, way in (("pipx", "pipx install --force"), ("uv", "uv tool install --force")):
        if tool in Path(sys.prefix).parts:
            return f"{way} {what}"
    python = _quoted(sys.executable)
    pip = f"{python} -m pip" if find_spec("pip") else f"pip --python {python}"
    return f"{pip} install {'-e ' if editable else ''}{what}"


def _source() -> tuple[str, bool]:
    """Return the folder that the program was installed from, empty for none, and whether it runs there."""
    here = Path(__file__).parents[1]
    if (here / "pyproject.toml").is_file():
        return str(here), True
    try:
        noted = distribution(NAME).read_text("direct_url.json")
    except PackageNotFoundError:
        noted = None
    folder = url2pathname(urlsplit(json.loads(noted).get("url", "")).path) if noted else ""
    return (folder if Path(folder, "pyproject.toml").is_file() else ""), False


def _quoted(text: str) -> str:
    return f'"{text}"' if os.name == "nt" else shlex.quote(text)

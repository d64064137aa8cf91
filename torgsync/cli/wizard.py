"""The questions of `torgsync object add`: each answer is tried at once, and asked again until it works.

What was given by flag is not asked. Without a terminal nothing is, and what is missing is named.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from torgsync.cli.context import Program, refuse_without_terminal
from torgsync.core.words import counted
from torgsync.errors import InvalidInput, TokenRefused, TorgsyncError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable


def name_of_object(program: Program, given: str | None) -> str:
    """Ask for a name that no object has."""
    from torgsync.files.objects import slugify

    if given:
        return given
    refuse_without_terminal(program, "NAME")
    while True:
        name = _ask("Name of the object", "My Prom")
        if not (program.settings.objects / f"{slugify(name)}.toml").exists():
            return name
        _tell(program, f"there is a sync object `{name}` already")


def token_of_object(program: Program, given: str | None, name: str) -> str:
    """Ask for the token without showing it, until Prom takes it or a person keeps it all the same."""
    if given:
        return read_given_token(given)
    refuse_without_terminal(program, "--api-key TOKEN")
    while True:
        token = str(typer.prompt("Token of Prom.ua (it is not shown)", hide_input=True, err=True)).strip()
        if _works(program, lambda: _try_token(program, name, token)):  # noqa: B023  # it is called at once
            return token


def export_of_object(program: Program, given: Path | None) -> Path:
    """Ask for the export, until it can be read or a person keeps it all the same."""
    if given:
        return given
    refuse_without_terminal(program, "--export FILE")
    while True:
        path = Path(_ask("File that Torgsoft writes", "TSGoods.trs"))
        if _works(program, lambda: _try_export(path)):  # noqa: B023  # it is called at once
            return path


def photos_of_object(
    program: Program, given: Path | None, url: str | None, *, asks: bool
) -> tuple[Path | None, str | None]:
    """Ask for the folder of photos, until it can be read or a person keeps it all the same, and its address.

    Without `asks` only the address of a folder that was given is asked for.
    """
    folder = given or (_ask_photos(program) if asks else None)
    if folder and not url:
        refuse_without_terminal(program, "--photos-url URL")
        url = _ask_url(program)
    return folder, url


def centers_of_object(given: list[str] | None, *, asks: bool) -> list[str]:
    """Ask for the accounting centers, any number of them with commas."""
    if asks and not given:
        given = (ask_or_none("Accounting centers, with commas (empty: all together)") or "").split(",")
    return [number.strip() for number in given or () if number.strip()]


def _ask_photos(program: Program) -> Path | None:
    while True:
        answer = ask_or_none("Photo folder (empty: photos stay untouched)")
        if answer is None:
            return None
        folder = Path(answer)
        if _works(program, lambda: _try_photos(folder)):  # noqa: B023  # it is called at once
            return folder


def _ask_url(program: Program) -> str:
    while True:
        url = _ask("Address of the photo folder on the internet", None)
        if re.match(r"https?://[^\s/]+", url):
            return url
        _tell(program, f"`{url}` is not an address such as https://shop.example/photos/")


def read_given_token(given: str) -> str:
    """Return a token as it was given, or from standard input for `-`."""
    token = (sys.stdin.readline() if given == "-" else given).strip()
    if not token:
        raise UsageError("the token is empty", hint="make one in the seller's cabinet: Settings > API tokens")
    return token


def ask_or_none(question: str) -> str | None:
    """Ask what may be left empty."""
    return str(typer.prompt(question, default="", show_default=False, err=True)).strip() or None


def _ask(question: str, default: str | None) -> str:
    return str(typer.prompt(question, default=default, err=True)).strip()


def _tell(program: Program, message: str) -> None:
    program.say(f"! {message}", style="warning")


def _works(program: Program, trial: Callable[[], str]) -> bool:
    """Try an answer and say how it went; where it does not work, ask whether another one is to be given."""
    try:
        program.say(f"✓ {trial()}", style="success")
    except TorgsyncError as error:
        _tell(program, error.message)
        for mistake in error.mistakes if isinstance(error, InvalidInput) else ():
            program.say(f"    {mistake}")
        if error.hint:
            program.say(f"  {error.hint}")
        return not typer.confirm("Give another answer?", default=True, err=True)
    return True


def _try_token(program: Program, name: str, token: str) -> str:
    """Try every right that a synchronisation needs. Raises TorgsyncError for the first that is missing."""
    from torgsync.jobs.doctor import NEEDED
    from torgsync.prom.api import connect
    from torgsync.prom.http import PROM_URL

    if not token:
        raise UsageError("the token is empty", hint="make one in the seller's cabinet: Settings > API tokens")
    try:
        with connect(program.settings.prom_url or PROM_URL, token, shop=name) as prom:
            for right in NEEDED:
                prom.try_right(right)
    except TokenRefused:
        raise
    except TorgsyncError as trouble:
        return f"the token is kept, but could not be tried: {trouble.message}"
    return f"the token can {', '.join(right.doing for right in NEEDED)}"


def _try_export(path: Path) -> str:
    from torgsync.core.objects import Catalog
    from torgsync.files.catalog import open_catalog

    catalog = open_catalog(Catalog(path=str(path.expanduser().absolute())), Path())
    goods = sum(1 for _ in catalog.records())
    columns = counted(len(catalog.columns), "column")
    return f"{counted(goods, 'good')}, {columns}, {catalog.encoding}"


def _try_photos(folder: Path) -> str:
    from torgsync.files.photos import index_photos

    return counted(len(index_photos(folder.expanduser().absolute()).files()), "photo")

"""The questions of `torgsync object add`: each answer is tried at once, and asked again until it works.

Options that were given are not asked; without a terminal nothing is.
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from torgsync.cli.base.program import Program
from torgsync.core.config.schedule import read_hour, read_step
from torgsync.core.config.settings import Catalog
from torgsync.core.text import counted
from torgsync.errors import InvalidInput, TokenRefused, TorgsyncError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from torgsync.jobs.config.objects import Answers


def complete(program: Program, given: Answers) -> Answers:
    """Ask on a terminal for what is not given.

    Where name, token and export are given, nothing else is asked. Raises UsageError for what every object
    needs and cannot be asked.
    """
    asks = program.asks and not (given.name and (given.token or given.token_env) and given.export)
    name = _name(program, given.name)
    token = None if given.token_env else _token(program, given.token, name)
    answers = replace(given, name=name, token=token, export=_export(program, given.export))
    if asks:
        answers = _general(program, answers)
        answers = _clients(program, answers)
        if answers.fetch_payments is None:
            fetch = _confirm("Fetch the payment methods of Prom.ua?", default=True)
            answers = replace(answers, fetch_payments=fetch)
        answers = _centers(answers)
        answers = _times(program, answers)
        if answers.all_fields is None:
            every = _confirm("Send every standard field that the export has?", default=True)
            answers = replace(answers, all_fields=every)
    if answers.photos and not answers.photos_url:
        _refuse_without_terminal(program, "--photos-url URL")
        answers = replace(answers, photos_url=_ask_url(program))
    return answers


def _name(program: Program, given: str | None) -> str:
    """Ask for a name that no object has. Raises UsageError where one that was given is taken."""
    from torgsync.files.config.objects import quoted, slugify

    def taken(name: str) -> bool:
        return (program.settings.objects / f"{slugify(name)}.toml").exists()

    if given and taken(given):
        raise UsageError(
            f"there is a sync object `{given}` already",
            hint=f"look at it: torgsync object show {quoted(given)}",
        )
    if given:
        return given
    _refuse_without_terminal(program, "NAME")
    while True:
        name = _ask("Name of the object", "My Prom")
        if not taken(name):
            return name
        _notify_wrong(program, f"there is a sync object `{name}` already")


def _token(program: Program, given: str | None, name: str) -> str:
    """Ask for the token without showing it, until Prom accepts it or the person keeps it anyway."""
    if given:
        return read_given_token(given)
    _refuse_without_terminal(program, "--api-key TOKEN")
    while True:
        token = str(typer.prompt("Token of Prom.ua (it is not shown)", hide_input=True, err=True)).strip()
        if _works(program, lambda: _try_token(program, name, token)):  # noqa: B023  # it is called at once
            return token


def _export(program: Program, given: Path | None) -> Path:
    """Ask for the export, until it can be read or the person keeps it anyway."""
    if given:
        return given
    _refuse_without_terminal(program, "--export FILE")
    while True:
        path = Path(_ask("File that Torgsoft writes", "TSGoods.trs"))
        if _works(program, lambda: _try_export(path)):  # noqa: B023  # it is called at once
            return path


def _general(program: Program, answers: Answers) -> Answers:
    group = answers.group or ask_or_none("Product group (empty: everything)")
    photos = answers.photos or _ask_photos(program)
    url = answers.photos_url or (_ask_url(program) if photos else None)
    return replace(answers, group=group, photos=photos, photos_url=url)


def _clients(program: Program, answers: Answers) -> Answers:
    find_by, create = answers.find_by, answers.create
    while find_by is None:
        find_by = _parts(_ask("How buyers are looked up: phone, email, name, with commas", "phone, email"))
        if unknown := [way for way in find_by if way not in ("phone", "email", "name")]:
            _notify_wrong(program, f"`{unknown[0]}` is none of phone, email, name")
            find_by = None
    if create is None:
        create = _confirm("Make a client of a buyer who is not found?", default=True)
    return replace(answers, find_by=find_by, create=create)


def _centers(answers: Answers) -> Answers:
    centers, in_stock, with_photos = answers.centers, answers.only_in_stock, answers.only_with_photos
    if centers is None:
        centers = _parts(ask_or_none("Accounting centers, with commas (empty: all together)") or "")
    if in_stock is None:
        in_stock = _confirm("Only goods in stock?", default=False)
    if with_photos is None:
        with_photos = _confirm("Only goods with photos?", default=False)
    return replace(answers, centers=centers, only_in_stock=in_stock, only_with_photos=with_photos)


def _times(program: Program, answers: Answers) -> Answers:
    if answers.every:
        return answers
    question = "Synchronise every 30m, 2h, 1d (empty: only when somebody does)"
    every = _ask_until_read(program, question, read_step)
    if every is None:
        return answers
    question = "Between which hours, such as 08:00-21:00 (empty: all day)"
    return replace(answers, every=every, between=_ask_until_read(program, question, _read_hours))


def _ask_until_read(program: Program, question: str, read: Callable[[str], object]) -> str | None:
    while answer := ask_or_none(question):
        try:
            read(answer)
        except ValueError as wrong:
            _notify_wrong(program, str(wrong))
        else:
            return answer
    return None


def _read_hours(text: str) -> None:
    start, sign, end = (part.strip() for part in text.partition("-"))
    if not sign or start == end:
        raise ValueError(f'"{text}" is not two hours such as "08:00-21:00"')
    for hour in (start, end):
        read_hour(hour)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _confirm(question: str, *, default: bool) -> bool:
    return bool(typer.confirm(question, default=default, err=True))


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
        _notify_wrong(program, f"`{url}` is not an address such as https://shop.example/photos/")


def read_given_token(given: str) -> str:
    """Return a token as it was given, or from standard input for `-`."""
    token = (sys.stdin.readline() if given == "-" else given).strip()
    if not token:
        raise UsageError("the token is empty", hint="make one in the seller's cabinet: Settings > API tokens")
    return token


def ask_or_none(question: str) -> str | None:
    """Ask for an optional answer."""
    return str(typer.prompt(question, default="", show_default=False, err=True)).strip() or None


def _ask(question: str, default: str | None) -> str:
    return str(typer.prompt(question, default=default, err=True)).strip()


def _notify_wrong(program: Program, message: str) -> None:
    program.notify(f"! {message}", style="warning")


def _works(program: Program, trial: Callable[[], str]) -> bool:
    """Try an answer and show the result; return False where the person wants to give another one."""
    try:
        program.notify(f"✓ {trial()}", style="success")
    except TorgsyncError as error:
        _notify_wrong(program, error.message)
        for mistake in error.mistakes if isinstance(error, InvalidInput) else ():
            program.notify(f"    {mistake}")
        if error.hint:
            program.notify(f"  {error.hint}")
        return not typer.confirm("Give another answer?", default=True, err=True)
    return True


def _try_token(program: Program, name: str, token: str) -> str:
    """Try every right that a synchronisation needs. Raises TorgsyncError for the first that is missing."""
    from torgsync.jobs.config.doctor import NEEDED
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
    from torgsync.files.catalog.export import open_catalog

    catalog = open_catalog(Catalog(path=str(path.expanduser().absolute())), Path())
    goods = sum(1 for _ in catalog.records())
    columns = counted(len(catalog.columns), "column")
    return f"{counted(goods, 'good')}, {columns}, {catalog.encoding}"


def _try_photos(folder: Path) -> str:
    from torgsync.files.catalog.photos import index_photos

    return counted(len(index_photos(folder.expanduser().absolute()).files()), "photo")


def _refuse_without_terminal(program: Program, missing: str) -> None:
    if not program.asks:
        raise UsageError(
            f"`{missing}` is needed", hint="without a terminal nothing is asked; give it as an option"
        )

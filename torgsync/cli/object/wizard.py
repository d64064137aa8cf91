"""The questions of `torgsync object add`: each answer is tried at once, and asked again until it works.

Options that were given are not asked; without a terminal nothing is.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from torgsync.cli.base.program import Program
from torgsync.core.config.catalog import is_fetchable
from torgsync.core.config.schedule import read_hour, read_step
from torgsync.core.config.settings import LONGEST_NAME, TOO_LONG, Catalog, SyncObject
from torgsync.core.shell import command
from torgsync.core.text import listed
from torgsync.errors import InvalidInput, ObjectInvalid, TokenRefused, TorgsyncError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from torgsync.jobs.config.objects import Answers

_Answer = TypeVar("_Answer", bound="str | None")


def complete(program: Program, given: Answers) -> Answers:
    """Ask on a terminal for what is not given.

    Where name, token and export are given, nothing else is asked. Raises UsageError for what every object
    needs and cannot be asked.
    """
    asks = program.asks and not (given.name and (given.token or given.token_env) and given.export)
    name = _name(program, given.name)
    token, tried = (None, False) if given.token_env else _token(program, given.token, name)
    given = replace(given, name=name, token=token, token_tried=tried)
    answers = replace(given, export=_export(program, given.export))
    if asks:
        answers = _times(program, _selection(program, answers))
        every_field = _yes(answers.all_fields, "Send every standard field that the export has?", default=True)
        answers = replace(answers, all_fields=every_field)
    if answers.photos and not answers.photos_url:
        _refuse_without_terminal(program, "--photos-url URL")
        answers = replace(answers, photos_url=_ask_url(program))
    return answers


def _name(program: Program, given: str | None) -> str:
    """Ask for a name that no object has. Raises UsageError where one that was given is taken."""
    from torgsync.files.config.objects import slugify

    def refuse_taken(name: str) -> None:
        if len(name.encode(errors="replace")) > LONGEST_NAME:
            raise ValueError(TOO_LONG)
        if (program.settings.objects / f"{slugify(name)}.toml").exists():
            raise ValueError(f"there is a sync object `{name}` already")

    if not given:
        _refuse_without_terminal(program, "NAME")
        return _ask_until(program, lambda: _ask("Name of the object", "My Prom"), refuse_taken)
    try:
        refuse_taken(given)
    except ValueError as taken:
        raise UsageError(str(taken), hint=f"look at it: {command('object show', given)}") from taken
    return given


def _token(program: Program, given: str | None, name: str) -> tuple[str, bool]:
    """Ask for the token without showing it, until Prom accepts it or the person keeps it anyway.

    Return it, and whether Prom accepted it.
    """
    if given:
        return read_given_token(given), False
    _refuse_without_terminal(program, "--api-key TOKEN")
    accepted = ""

    def trial(token: str) -> str | None:
        nonlocal accepted
        notice = _try_token(program, name, token)
        accepted = token if notice else ""
        return notice

    question = "Token of Prom.ua (it is not shown)"
    token = _ask_until(program, lambda: str(typer.prompt(question, hide_input=True, err=True)).strip(), trial)
    return token, token == accepted


def _export(program: Program, given: Path | None) -> Path:
    """Ask for the export, until it can be read or the person keeps it anyway."""
    if given:
        return given
    _refuse_without_terminal(program, "--export FILE")
    question = "File that Torgsoft writes"
    return Path(_ask_until(program, lambda: _ask(question, "TSGoods.trs"), _try_export))


def _selection(program: Program, given: Answers) -> Answers:
    """Ask for what an object can do without, in the order of Torgsoft's tabs."""
    group = given.group or _ask_until(
        program,
        lambda: _ask_or_none("Product group (empty: everything)"),
        lambda group: _try_choice(given, {"product_group": group}),
    )
    photos, find_by, centers = given.photos, given.find_by, given.centers
    if not photos:
        question = "Photo folder (empty: photos stay untouched)"
        folder = _ask_until(program, lambda: _ask_or_none(question), _try_photos)
        photos = None if folder is None else Path(folder)
    url = given.photos_url or (_ask_url(program) if photos else None)
    if find_by is None:
        ways = "How buyers are looked up: phone, email, name, with commas"
        find_by = listed(_ask_until(program, lambda: _ask(ways, "phone, email"), _refuse_unknown_way))
    create = _yes(given.create, "Make a client of a buyer who is not found?", default=True)
    fetch = _yes(given.fetch_payments, "Fetch the payment methods of Prom.ua?", default=True)
    if centers is None:
        question = "Accounting centers, with commas (empty: all together)"
        chosen = _ask_until(
            program,
            lambda: _ask_or_none(question),
            lambda text: _try_choice(given, {"accounting_centers": {"use": listed(text)}}),
        )
        centers = listed(chosen or "")
    return replace(
        given,
        group=group,
        photos=photos,
        photos_url=url,
        find_by=find_by,
        create=create,
        fetch_payments=fetch,
        centers=centers,
        only_in_stock=_yes(given.only_in_stock, "Only goods in stock?", default=False),
        only_with_photos=_yes(given.only_with_photos, "Only goods with photos?", default=False),
    )


def _times(program: Program, given: Answers) -> Answers:
    if given.every:
        return given
    question = "Synchronise every 30m, 2h, 1d (empty: only when somebody does)"
    every = _ask_until(program, lambda: _ask_or_none(question), read_step)
    if every is None:
        return given
    hours = "Between which hours, such as 08:00-21:00 (empty: all day)"
    return replace(
        given, every=every, between=_ask_until(program, lambda: _ask_or_none(hours), _refuse_other_hours)
    )


def _ask_url(program: Program) -> str:
    question = "Address of the photo folder on the internet"
    return _ask_until(program, lambda: _ask(question, None), _refuse_other_address)


def _refuse_unknown_way(text: str) -> None:
    for way in listed(text):
        if way not in ("phone", "email", "name"):
            raise ValueError(f"`{way}` is none of phone, email, name")


def _refuse_other_hours(text: str) -> None:
    start, sign, end = (part.strip() for part in text.partition("-"))
    if not sign or start == end:
        raise ValueError(f'"{text}" is not two hours such as "08:00-21:00"')
    for hour in (start, end):
        read_hour(hour)


def _refuse_other_address(text: str) -> None:
    if not is_fetchable(text):
        raise ValueError(f"`{text}` is not an address such as https://shop.example/photos/")


def read_given_token(given: str) -> str:
    """Return a token as it was given, or from standard input for `-`."""
    token = (sys.stdin.readline() if given == "-" else given).strip()
    if not token:
        raise UsageError("the token is empty", hint="make one in the seller's cabinet: Settings > API tokens")
    return token


def _ask_or_none(question: str) -> str | None:
    return str(typer.prompt(question, default="", show_default=False, err=True)).strip() or None


def _ask(question: str, default: str | None) -> str:
    return str(typer.prompt(question, default=default, err=True)).strip()


def _yes(given: bool | None, question: str, *, default: bool) -> bool:
    return bool(typer.confirm(question, default=default, err=True)) if given is None else given


def _ask_until(program: Program, ask: Callable[[], _Answer], trial: Callable[[str], Any]) -> _Answer:
    """Ask until an answer works, or a person keeps it although it does not; no answer needs no trial.

    `trial` may return a text to be shown. After its ValueError it is asked again, after its TorgsyncError a
    person chooses.
    """
    while True:
        answer = ask()
        if answer is None:
            return answer
        try:
            notice = trial(answer)
        except ValueError as wrong:
            program.warn(str(wrong))
        except TorgsyncError as error:
            program.warn(error.message)
            for mistake in error.mistakes if isinstance(error, InvalidInput) else ():
                program.notify(f"    {mistake}")
            if error.hint:
                program.notify(f"  {error.hint}")
            if not typer.confirm("Give another answer?", default=True, err=True):
                return answer
        else:
            if isinstance(notice, str):
                program.notify(f"✓ {notice}", style="success")
            return answer


def _try_token(program: Program, name: str, token: str) -> str | None:
    """Try every right that a synchronisation needs; return what it can do, None where it could not be tried.

    Raises TorgsyncError for the first right that is missing.
    """
    from torgsync.jobs.config.doctor import NEEDED, try_token

    if not token:
        raise UsageError("the token is empty", hint="make one in the seller's cabinet: Settings > API tokens")
    try:
        recorder = program.recording.recorder if program.recording else None
        try_token(program.settings, token, shop=name, recorder=recorder)
    except TokenRefused:
        raise
    except TorgsyncError as trouble:
        program.warn(f"the token is kept, but could not be tried: {trouble.message}")
        return None
    return f"the token can {', '.join(right.doing for right in NEEDED)}"


def _try_export(path: str) -> str:
    from torgsync.files.catalog.export import open_catalog

    catalog = open_catalog(Catalog(path=str(Path(path).expanduser().absolute())), Path())
    goods = sum(1 for _ in catalog.records())
    columns = counted(len(catalog.columns), "column")
    return f"{counted(goods, 'good')}, {columns}, {catalog.encoding}"


def _try_choice(given: Answers, choice: dict[str, object]) -> None:
    """Look for centers or a group in the export. Raises ValueError where it does not have them."""
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.config.selection import refuse_unknown

    path = str((given.export or Path()).expanduser().absolute())
    document = {"name": "new", "api_key": {"env": "NONE"}, "catalog": {"path": path}, **choice}
    try:
        refuse_unknown(ObjectFile(Path("new.toml"), SyncObject.model_validate(document), "new"))
    except ObjectInvalid as unknown:
        raise ValueError("; ".join(mistake.message for mistake in unknown.mistakes)) from unknown


def _try_photos(folder: str) -> str:
    from torgsync.files.catalog.photos import index_photos

    return counted(len(index_photos(Path(folder).expanduser().absolute()).files()), "photo")


def _refuse_without_terminal(program: Program, missing: str) -> None:
    if not program.asks:
        raise UsageError(
            f"`{missing}` is needed", hint="without a terminal nothing is asked; give it as an option"
        )


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun in the right form: `1 good`, `2 goods`."""
    return f"{number} {one if number == 1 else many or one + 's'}"

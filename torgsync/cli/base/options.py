"""Options that several commands share."""

from __future__ import annotations

from datetime import datetime, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from torgsync.cli.base.program import Format
from torgsync.core.clock import bounds
from torgsync.core.shell import quoted
from torgsync.core.text import listed
from torgsync.errors import UsageError
from torgsync.i18n import _


def separated(param: typer.CallbackParam, given: list[str] | None) -> list[str] | None:
    """Return the values of an option that takes a list: `1,4` and the option given twice mean the same.

    Raises UsageError where it is given and names nothing.
    """
    if not given:
        return given
    if parts := listed(*given):
        return parts
    option = param.opts[0]
    raise UsageError(
        _("`{option}` is empty", option=option),
        hint=_("leave `{option}` out, or give it a value", option=option),
    )


ObjectOption = Annotated[
    str | None,
    typer.Option("-o", "--object", help=_("Name, short name or path of the sync object."), metavar="OBJECT"),
]
NameArgument = Annotated[
    str | None, typer.Argument(help=_("Name, short name or path of the sync object."), metavar="OBJECT")
]


class PlanFormat(StrEnum):
    """How a plan or a run is printed: as every result, or as a report for elsewhere."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    HTML = "html"
    MARKDOWN = "markdown"
    JUNIT = "junit"

    @property
    def is_report(self) -> bool:
        """Whether it is a report."""
        return self in (PlanFormat.HTML, PlanFormat.MARKDOWN, PlanFormat.JUNIT)

    @property
    def plain(self) -> Format:
        """The form of every other result; a table for people who read a report elsewhere."""
        return Format.TABLE if self.is_report else Format(str(self))


GITHUB = 65_536
"""Characters that GitHub takes as one comment."""
PlanFormatOption = Annotated[
    PlanFormat, typer.Option("--format", help=_("How to print the result; `html` is a page to look at."))
]
MaxLengthOption = Annotated[
    int | None,
    typer.Option(
        "--max-length",
        help=_("Most characters of `--format markdown`: 65536 for GitHub, 4096 for Telegram."),
        metavar="N",
        min=1000,
    ),
]


def check_length(context: typer.Context, form: PlanFormat, most: int | None) -> int:
    """Return the size of a report as Markdown. Raises UsageError where a call gives one to another form."""
    source = context.get_parameter_source("max_length")
    given = source is not None and source.name == "COMMANDLINE"
    if given and form is not PlanFormat.MARKDOWN:
        raise UsageError(
            _("`--max-length` is for `--format markdown`"),
            hint=_("leave out `--max-length`, or give that format"),
        )
    return GITHUB if most is None else most


class RunFormat(StrEnum):
    """How the result of a run is printed."""

    TABLE = "table"
    JSON = "json"

    @property
    def plain(self) -> Format:
        """The same form, of the forms of all results."""
        return Format(str(self))


class StatusFormat(StrEnum):
    """How the status is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PROMETHEUS = "prometheus"


RunFormatOption = Annotated[RunFormat, typer.Option("--format", help=_("How to print the result."))]
FormatOption = Annotated[Format, typer.Option("--format", help=_("How to print the result."))]


def named_file(param: typer.CallbackParam, given: Path | None) -> Path | None:
    """Return the path of an option that writes a file.

    Raises UsageError where it is empty, as a variable that is not set, or stands for the standard output.
    """
    if given is None or given not in (Path(), Path("-")):
        return given
    option = param.opts[0]
    raise UsageError(
        _("`{option}` names no file", option=option),
        hint=_("leave `{option}` out, or give it a value", option=option),
    )


# What is shown of a plan, sent and let through


class Show(StrEnum):
    """Which part of a plan is shown."""

    SUMMARY = "summary"
    CHANGES = "changes"
    HELD = "held"
    SKIPPED = "skipped"
    ALL = "all"

    @property
    def lists_changes(self) -> bool:
        """Whether the changes are shown one by one."""
        return self not in (Show.SUMMARY, Show.SKIPPED)


class Only(StrEnum):
    """Which half of a synchronisation is done."""

    GOODS = "goods"
    ORDERS = "orders"


AllowOption = Annotated[
    list[str] | None,
    typer.Option(
        "--allow",
        help=_("Allow held changes: `removals=120`, `price=ID,ID`, `prices=12`."),
        metavar="GUARD=…",
    ),
]

# What makes a sync object, and changes it

TokenOption = Annotated[
    str | None,
    typer.Option(
        "--api-key", help=_("The token; `-` asks for it, or reads it from standard input."), metavar="TOKEN|-"
    ),
]
PhotosUrlOption = Annotated[
    str | None,
    typer.Option("--photos-url", help=_("Address where Prom.ua can fetch the same photos."), metavar="URL"),
]
ExportOption = Annotated[
    str | None,
    typer.Option(
        "--export",
        help=_(
            "The file that Torgsoft writes, or its address: `https://…`, `sftp://…`, `ftp://…`, `s3://…`."
        ),
        metavar="FILE",
    ),
]
ExportUserOption = Annotated[
    str | None,
    typer.Option(
        "--export-user",
        help=_("User of the server of the export, or id of the access key."),
        metavar="USER",
    ),
]
ExportPasswordOption = Annotated[
    str | None,
    typer.Option(
        "--export-password",
        help=_("Its password or secret key; `-` asks for it, or reads it from standard input."),
        metavar="PASSWORD|-",
    ),
]
ExportEndpointOption = Annotated[
    str | None,
    typer.Option(
        "--export-endpoint", help=_("Address of the S3 service, if it is not Amazon's."), metavar="URL"
    ),
]
PhotosPublishOption = Annotated[
    str | None,
    typer.Option(
        "--photos-publish",
        help=_("Where photos are published first: a folder, `s3://…`, `sftp://…` or `ftp://…`."),
        metavar="PLACE",
    ),
]
PhotosUserOption = Annotated[
    str | None,
    typer.Option("--photos-user", help=_("User of that server, or id of the access key."), metavar="USER"),
]
PhotosPasswordOption = Annotated[
    str | None,
    typer.Option(
        "--photos-password",
        help=_("Its password or secret key; `-` asks for it, or reads it from standard input."),
        metavar="PASSWORD|-",
    ),
]
PhotosEndpointOption = Annotated[
    str | None,
    typer.Option(
        "--photos-endpoint", help=_("Address of the S3 service, if it is not Amazon's."), metavar="URL"
    ),
]
FindByOption = Annotated[
    list[str] | None,
    typer.Option(
        "--find-by",
        help=_("How to find a buyer, in this order: phone, email, name."),
        metavar="WAY,…",
        callback=separated,
    ),
]
CreateClientsOption = Annotated[
    bool | None,
    typer.Option("--create-clients/--no-create-clients", help=_("Create a client that is missing.")),
]
CenterOption = Annotated[
    list[str] | None,
    typer.Option(
        "--center",
        help=_("Accounting centers whose stock is counted."),
        metavar="CENTER,…",
        callback=separated,
    ),
]
InStockOption = Annotated[
    bool | None, typer.Option("--only-in-stock/--no-only-in-stock", help=_("Only items in stock."))
]
WithPhotosOption = Annotated[
    bool | None, typer.Option("--only-with-photos/--no-only-with-photos", help=_("Only items with photos."))
]
BetweenOption = Annotated[
    str | None, typer.Option("--between", help=_("Hours, Kyiv time: 08:00-21:00."), metavar="HOURS")
]
DaysOption = Annotated[
    list[str] | None,
    typer.Option("--days", help=_("Days: mon-sat, or mon,wed,fri."), metavar="DAYS", callback=separated),
]

# Stretches of days

DAYS = ["%Y-%m-%d", "%d.%m.%Y"]
"""How a day may be written: 2026-11-30, 30.11.2026."""

YEARS = range(1970, 3000)
"""Years of days that are understood: nothing can be subtracted from the first of all."""

FromOption = Annotated[
    datetime | None,
    typer.Option(
        "--from",
        help=_("First day, in the shop's time zone: 2026-11-30 or 30.11.2026."),
        formats=DAYS,
        metavar="DAY",
    ),
]
ToOption = Annotated[
    datetime | None, typer.Option("--to", help=_("Last day, inclusive."), formats=DAYS, metavar="DAY")
]


def stretch(
    first: datetime | None, last: datetime | None, clock: tzinfo
) -> tuple[datetime | None, datetime | None]:
    """Return when a stretch of days begins and has ended.

    Raises UsageError for days in disorder, and for those of which no clock is known.
    """
    for day in (first, last):
        if day and day.year not in YEARS:
            raise UsageError(
                _("the year of {day} is out of range", day=day.date().isoformat()),
                hint=_("give a year between {first} and {last}", first=YEARS[0], last=YEARS[-1]),
            )
    if first and last and last < first:
        days = {"first": first.date(), "last": last.date()}
        raise UsageError(
            _("the first day, {first}, is after the last, {last}", **days),
            hint=_("swap them: --from {last} --to {first}", **days),
        )
    return bounds(first and first.date(), last and last.date(), clock)


def named(wanted: str | None) -> str:
    """Return the option that names the object as a call did, for a command after it; empty for none."""
    return f" -o {quoted(wanted)}" if wanted else ""

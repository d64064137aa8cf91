"""Looks at a sync object without the marketplace: settings, token, outbox, export, photos, and each good.

Nothing is remembered, nothing is sent, and no file is left in the outbox.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from torgsync.core.config.settings import SyncObject, without_password
from torgsync.core.findings import Code, Finding, Severity
from torgsync.core.mapping.codes import brand_or_country
from torgsync.core.mapping.mapper import Mapper, pictures
from torgsync.core.mapping.select import WORDS, SkipReason, empty_group, groups_of, why_out
from torgsync.core.mapping.stock import count_stock, told_centers, unknown_centers
from torgsync.core.mapping.suggest import Samples, Suggestion, is_own, suggest
from torgsync.core.plan.decide import why_incomplete
from torgsync.core.product.cells import id_fault
from torgsync.core.product.columns import CENTERS_COLUMN, ExportRecord, is_standard
from torgsync.core.product.fields import Photo
from torgsync.core.product.group_tree import Steps, grow
from torgsync.core.product.variants import Member, arrange
from torgsync.core.tally import Tally
from torgsync.core.text import counted
from torgsync.errors import InvalidInput, TorgsyncError
from torgsync.files.catalog.catalog_file import CatalogFile
from torgsync.files.catalog.export import open_export
from torgsync.files.catalog.guesses import Guess, Kind
from torgsync.files.catalog.photos import PhotoIndex, index_photos, owners_of
from torgsync.files.config.objects import ObjectFile, list_objects, load_object
from torgsync.files.config.settings import Settings
from torgsync.files.config.tokens import literal_token, read_token
from torgsync.files.orders.outbox import is_address, outbox_of_object, try_outbox
from torgsync.jobs.catalog.export import check_columns, duplicate, file_findings, placed

SHOWN = 10
"""Lines of the export that one line of a check names."""

_NOT_CREATED = {
    SkipReason.NO_PRICE: "without a price that can be sent, unless Prom.ua has them already",
    SkipReason.NO_NAME: "without a name, unless Prom.ua has them already",
    SkipReason.NO_STOCK: "without a stock that can be read, unless Prom.ua has them already",
}


class Mark(StrEnum):
    """How one line of a check turned out."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a check: what was looked at, how it is, and the cure."""

    mark: Mark
    subject: str
    message: str
    hint: str = ""


@dataclass(slots=True)
class Checked:
    """The whole check: its lines, what was guessed about the export, what else could go, and all findings.

    `file` is the export's name, where findings lie that name no file of their own. `shut` is why no order
    file can be written, None where one can.
    """

    file: str
    lines: list[Line] = field(default_factory=list)
    guesses: tuple[Guess, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    findings: Tally = field(default_factory=Tally)
    shut: TorgsyncError | None = None

    @property
    def failed(self) -> bool:
        """Whether anything keeps the object from being synchronised."""
        return any(line.mark is Mark.ERROR for line in self.lines)


def check(file: ObjectFile, home: Settings) -> Checked:
    """Check an object that could be read; everything wrong is in the answer, nothing is raised.

    `home` is where its order files go unless it says otherwise, and where other objects lie.
    """
    checked = Checked(file.catalog_path.name)
    settings = file.settings
    checked.lines.append(
        Line(Mark.OK, "object", f"`{settings.name}`, {counted(len(settings.fields), 'field')} mapped")
        if settings.fields
        else Line(
            Mark.WARNING, "object", "no fields are mapped yet", f"torgsync fields add-all -o {file.called}"
        )
    )
    led = {mapping.to for mapping in settings.fields}
    for needed, columns in (("name", {"name", "name_ru"}), ("price", {"price"})):
        if settings.fields and not led & columns:
            message = f"no column is led to `{needed}`: new goods cannot be created"
            hint = f"torgsync fields add COLUMN --to {needed} -o {file.called}"
            checked.lines.append(Line(Mark.WARNING, "object", message, hint))
    _attempt(checked, "token", lambda: _token(file, checked))
    photos = _attempt(checked, "photos", lambda: _photos(file, checked))
    _attempt(checked, "export", lambda: _export(file, checked, photos))
    _attempt(checked, "outbox", lambda: _outbox(file, home, checked))
    checked.lines += _twins(file, home)
    unmapped = [method.name for method in settings.payment_methods if not (method.mapped or method.gone)]
    if not settings.payment_methods:
        hint = f"torgsync payments fetch -o {file.called}"
        checked.lines.append(Line(Mark.WARNING, "payments", "no payment methods were fetched yet", hint))
    elif unmapped:
        hint = f'torgsync payments map "{unmapped[0]}" --cash-register "…" -o {file.called}'
        names = ", ".join(f"`{name}`" for name in unmapped)
        checked.lines.append(Line(Mark.WARNING, "payments", f"no place for the money of {names}", hint))
    else:
        checked.lines.append(
            Line(Mark.OK, "payments", f"{counted(len(settings.payment_methods), 'method')} mapped")
        )
    return checked


def _attempt(checked: Checked, subject: str, look: Callable[[], PhotoIndex | None]) -> PhotoIndex | None:
    """Do one look; what it refuses becomes a line."""
    try:
        return look()
    except InvalidInput as refused:
        details = "".join(f"; {mistake}" for mistake in refused.mistakes)
        checked.lines.append(Line(Mark.ERROR, subject, refused.message + details, refused.hint or ""))
        return None


def _token(file: ObjectFile, checked: Checked) -> None:
    read_token(file)
    if literal_token(file):
        message = "the token stands in the file itself, where everybody who sees the file sees it"
        hint = 'write api_key = { env = "NAME" } or { file = "path" } instead'
        checked.lines.append(Line(Mark.WARNING, "token", message, hint))
    else:
        checked.lines.append(Line(Mark.OK, "token", "there is one"))


def _twins(file: ObjectFile, home: Settings) -> Iterator[Line]:
    """Tell of other objects of the home that open the same shop: each of them brings every order home."""
    own = _token_of(file)
    for path in list_objects(home.objects):
        if not own or path.resolve() == file.path.resolve():
            continue
        with suppress(InvalidInput):
            other = load_object(path)
            if _token_of(other) == own:
                yield twin_line(other.settings.name, other.called)


def twin_line(name: str, called: str) -> Line:
    """Return the line about another object that brings home the same orders."""
    message = f"`{name}` opens the same shop: with both, Torgsoft gets a file of each order twice"
    hint = f"let one of them bring orders home; the other one with: torgsync sync --only goods -o {called}"
    return Line(Mark.WARNING, "orders", message, hint)


def _token_of(file: ObjectFile) -> str:
    """Return an object's token, empty where it is not to be had: its own check says why."""
    try:
        return read_token(file)
    except InvalidInput:
        return ""


def _outbox(file: ObjectFile, home: Settings, checked: Checked) -> None:
    """Tell whether order files can be written; what cannot be reached is no mistake of the object."""
    given = file.settings.orders.outbox
    if given and is_address(given) and without_password(given) != given:
        message = "the outbox's password stands in the file itself, where everybody who sees the file sees it"
        hint = 'write outbox_password = { env = "NAME" } or { file = "path" } under `[orders]` instead'
        checked.lines.append(Line(Mark.WARNING, "outbox", message, hint))
    try:
        with outbox_of_object(file, home.outbox(file.slug)) as outbox:
            there = try_outbox(outbox)
            place = f"`{outbox.label}`" if given else f"`outbox/{file.slug}` of the home"
    except InvalidInput:
        raise
    except TorgsyncError as shut:
        checked.shut = shut
        checked.lines.append(Line(Mark.WARNING, "outbox", shut.message, shut.hint or ""))
        return
    if there or not given:
        checked.lines.append(Line(Mark.OK, "outbox", f"order files can be written to {place}"))
    else:
        hint = "right for a new folder, which the first order makes; else see whether a share is not mounted"
        checked.lines.append(Line(Mark.WARNING, "outbox", f"there is no {place} yet", hint))


def _photos(file: ObjectFile, checked: Checked) -> PhotoIndex | None:
    if file.photo_folder is None:
        checked.lines.append(Line(Mark.OK, "photos", "none named: photos on Prom.ua stay untouched"))
        return None
    index = index_photos(file.photo_folder)
    files, name = index.files(), file.photo_folder.name
    blank = sorted(photo.name for photo in files.values() if not photo.size)
    if not files:
        message = f"there is no photo in `{name}`: photos on Prom.ua stay untouched"
        hint = "see whether the folder is connected, and its photos are called as goods are: `17.jpg`"
        checked.lines.append(Line(Mark.WARNING, "photos", message, hint))
        return None
    if blank:
        many = counted(len(blank), "file is empty", "files are empty")
        message = f"{counted(len(files), 'file')} in `{name}`; {many}, `{blank[0]}` for one"
        checked.lines.append(Line(Mark.WARNING, "photos", message, "put the photos there once more"))
    else:
        checked.lines.append(Line(Mark.OK, "photos", f"{counted(len(files), 'file')} in `{name}`"))
    return index


def _strays(photos: PhotoIndex, ids: set[str]) -> Iterator[Line]:
    """Tell of photos that belong to no good: they may be called otherwise than is meant."""
    known = {good_id.casefold() for good_id in ids}
    strays = [name for name in photos.files() if known.isdisjoint(owners_of(name))]
    if strays:
        many = counted(len(strays), "photo belongs", "photos belong")
        hint = "a photo is called as its good is: `17.jpg`, `17_1.jpg`"
        message = f"{many} to no good of the export, `{min(strays)}` for one; {hint}"
        yield Line(Mark.OK, "photos", message)


def _why(reason: SkipReason) -> str:
    return _NOT_CREATED.get(reason) or WORDS[reason]


def _export(file: ObjectFile, checked: Checked, photos: PhotoIndex | None) -> None:
    settings = file.settings
    catalog = open_export(file)
    checked.guesses = catalog.guesses
    check_columns(file, catalog)
    checked.findings.add(file_findings(settings, catalog))
    tally = _tally(file, catalog, photos, checked)
    if tally.nameless:
        places = ", ".join(map(str, tally.nameless[:SHOWN]))
        more = f" and {len(tally.nameless) - SHOWN} more" if len(tally.nameless) > SHOWN else ""
        message = f"{counted(len(tally.nameless), 'row has', 'rows have')} no `GoodID`: line {places}{more}"
        hint = "export the goods from Torgsoft again"
        checked.lines.append(Line(Mark.ERROR, "export", message, hint))
        return
    if photos:
        checked.lines += _strays(photos, tally.ids)
    header = "with a header" if catalog.has_header else "without a header"
    width = counted(len(catalog.columns), "column")
    written = "a spreadsheet" if catalog.kind is Kind.XLSX else catalog.encoding
    facts = f"{counted(tally.goods, 'good')}, {width} {header}, {written}"
    checked.lines.append(Line(Mark.OK, "export", facts))
    sizes = "; ".join(
        f"{counted(count, 'stays out', 'stay out')}: {_why(reason)}"
        for reason, count in sorted(tally.out.items())
    )
    going = f"{counted(len(tally.ids) - tally.out.total(), 'goes', 'go')} to Prom.ua"
    checked.lines.append(Line(Mark.OK, "selection", f"{going}; {sizes}" if sizes else going))
    if tally.centers:
        used = settings.accounting_centers.use
        names = ", ".join(
            f"{center}{' (used)' if center in used else ''}" for center in sorted(tally.centers)
        )
        checked.lines.append(Line(Mark.OK, "centers", names))
    if CENTERS_COLUMN in catalog.columns:
        checked.findings.add(unknown_centers(settings, tally.centers))
    if (
        settings.product_group
        and set(tally.out) == {SkipReason.OTHER_GROUP}
        and tally.out.total() == len(tally.ids)
    ):
        checked.findings.add([empty_group(settings, tally.groups)])
    mapped = {mapping.column for mapping in settings.fields}
    own = [name for name in catalog.columns if is_own(name) and name not in mapped]
    if own:
        names = ", ".join(f"`{name}`" for name in own)
        checked.lines.append(Line(Mark.OK, "columns", f"columns of your own that are not sent: {names}"))
    checked.suggestions = tuple(
        # Where nothing is led yet, `fields add-all` is the way for the standard columns.
        item
        for item in suggest(catalog.columns, tally.samples, settings)
        if settings.fields or not is_standard(item.column)
    )
    if tally.unsure:
        message = f"{counted(tally.unsure, 'good has', 'goods have')} one word as brand and country, not sent"
        hint = f"if it is the brand: torgsync fields remove Country -o {file.called}"
        checked.lines.append(Line(Mark.WARNING, "brand", message, hint))
    errors = checked.findings.count(Severity.ERROR)
    if errors:
        checked.lines.append(
            Line(
                Mark.WARNING,
                "goods",
                f"{counted(errors, 'finding keeps', 'findings keep')} a good or a field as it is",
            )
        )


@dataclass(slots=True)
class _Tally:
    """What one reading of the export adds up: rows, goods, those that stay out by reason, centers, values.

    They are counted as the plan of an empty shop counts them: a good that stands twice is one good.
    """

    samples: Samples
    goods: int = 0
    ids: set[str] = field(default_factory=set)
    out: Counter[SkipReason] = field(default_factory=Counter)
    centers: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    unsure: int = 0
    nameless: list[int] = field(default_factory=list)

    def add(self, settings: SyncObject, cells: Mapping[str, str]) -> None:
        """Count a row for what it tells by itself."""
        self.goods += 1
        self.samples.add(cells)
        self.centers |= told_centers(cells)
        if settings.product_group:
            self.groups |= groups_of(settings, cells)


def _tally(file: ObjectFile, catalog: CatalogFile, photos: PhotoIndex | None, checked: Checked) -> _Tally:
    settings, mapper = file.settings, Mapper(file.settings)
    led = {mapping.column for mapping in settings.fields}
    tally = _Tally(Samples([name for name in catalog.columns if name not in led]))
    first: dict[str, ExportRecord] = {}
    out: dict[str, SkipReason | None] = {}
    models: dict[str, list[Member]] = {}
    paths: Counter[Steps] = Counter()
    twins: dict[str, list[ExportRecord]] = {}

    def shots(good_id: str) -> tuple[Photo, ...] | None:
        if photos is None:
            return None
        return tuple(Photo(shot.name, "") for shot in photos.of(good_id) if shot.size)

    for record in catalog.records():
        cells = catalog.cells(record)
        good_id = catalog.good_id(record)
        tally.add(settings, cells)
        if fault := id_fault(good_id):
            tally.nameless.append(record.line)
            args = {"fault": fault, "cell": good_id[:40]}
            checked.findings.add([Finding(Code.ID_MISSING, line=record.line, args=args)])
            continue
        if good_id in first:
            twins.setdefault(good_id, [first[good_id]]).append(record)
            continue
        first[good_id] = record
        stock = count_stock(settings, cells)
        out[good_id] = why_out(settings, cells, stock, has_photos=bool(shots(good_id) or pictures(cells)))
        if not out[good_id] and settings.fields:
            mapped = mapper.product(good_id, record.line, cells, stock, shots)
            checked.findings.add(placed(mapped.findings, catalog, record))
            tally.unsure += bool(brand_or_country(settings, cells))
            out[good_id] = why_incomplete(mapped.product)
            paths[mapped.product.path] += 1
            if mapped.model:
                told = mapped.product.characteristics
                models.setdefault(mapped.model, []).append(Member(good_id, record.line, told))
    for good_id, records in twins.items():
        lines = [record.line for record in records]
        checked.findings.add(placed([duplicate(good_id, lines)], catalog, records[-1]))
    for members in models.values():
        checked.findings.add(arrange([one for one in members if one.good_id not in twins]).findings)
    checked.findings.add(grow(paths.items()).findings)
    out |= dict.fromkeys(twins, SkipReason.BLOCKED)
    tally.ids, tally.out = set(out), Counter(filter(None, out.values()))
    return tally

"""What an object selects of its export, as lines of its check: goods, accounting centers, photos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from torgsync.core.config.settings import SyncObject
from torgsync.core.mapping.mapper import pictures
from torgsync.core.mapping.select import groups_of
from torgsync.core.mapping.skip_reasons import WORDS, SkipReason
from torgsync.core.mapping.stock import in_order, named_centers, stock_centers, unknown_centers
from torgsync.core.mapping.suggest import Samples
from torgsync.core.photos.names import owners_of
from torgsync.core.product.columns import CENTERS_COLUMN
from torgsync.core.product.fields import Photo
from torgsync.core.shell import quoted
from torgsync.files.config.objects import ObjectFile
from torgsync.files.photos.folder import PhotoIndex
from torgsync.i18n import NOTHING, Message, _, _n, composed, joined, verbatim
from torgsync.jobs.config.check_view import CheckLine, ok, warning

_NOT_CREATED = {
    SkipReason.NO_PRICE: _("new items without a price that can be sent"),
    SkipReason.NO_NAME: _("new items without a name"),
    SkipReason.NO_STOCK: _("new items without a stock that can be read"),
    SkipReason.DISPLAY_UNKNOWN: _("new items without a `Display` that can be read"),
}


_NAMES = _("a photo is named after its item: `17.jpg`, `17_1.jpg`")


@dataclass(slots=True)
class ExportSums:
    """Sums of one reading of the export: rows, goods, goods left out by reason, centers, values.

    They are counted as for the plan of an empty shop: a good with two rows is one good. `pictured` are the
    goods with a photo, `plain` counts the rows whose own pictures have an address without encryption.
    """

    samples: Samples
    goods: int = 0
    ids: set[str] = field(default_factory=set)
    out: Counter[SkipReason] = field(default_factory=Counter)
    centers: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    unsure: int = 0
    nameless: list[int] = field(default_factory=list)
    pictured: set[str] = field(default_factory=set)
    plain: int = 0

    def add(self, settings: SyncObject, cells: Mapping[str, str]) -> None:
        """Count a row by itself."""
        self.goods += 1
        self.samples.add(cells)
        self.centers |= stock_centers(cells)
        if settings.product_group:
            self.groups |= groups_of(settings, cells)
        self.plain += any(photo.url.startswith("http://") for photo in pictures(cells) or ())

    def note_photos(self, good_id: str, photos: tuple[Photo, ...] | None) -> bool:
        """Record whether a good has photos, and return it."""
        if photos:
            self.pictured.add(good_id)
        return bool(photos)

    @property
    def going(self) -> int:
        """The number of goods that go to Prom."""
        return len(self.ids) - self.out.total()


def selection_line(file: ObjectFile, sums: ExportSums) -> CheckLine:
    """Report how many goods go to Prom, and why the others stay out; none is a warning."""
    going = _n("{count} item goes to Prom.ua", "{count} items go to Prom.ua", sums.going)
    hint = verbatim(f"torgsync update --show skipped -o {file.called}")
    message = joined("; ", [going, *_left_out(sums.out)])
    if not sums.going:
        return warning(_("selection"), message, hint)
    return ok(_("selection"), message, hint if len(sums.out) > 1 else NOTHING)


def _most_first(counted: tuple[SkipReason, int]) -> tuple[int, SkipReason]:
    return -counted[1], counted[0]


def _left_out(out: Counter[SkipReason]) -> Iterator[Message]:
    """Yield how many goods stay out, and why; of several reasons also how many each keeps out."""
    whys = [
        (count, _NOT_CREATED.get(reason) or WORDS[reason])
        for reason, count in sorted(out.items(), key=_most_first)
    ]
    if len(whys) == 1:
        ((count, why),) = whys
        yield _n("{count} stays out: {why}", "{count} stay out: {why}", count, why=why)
    elif whys:
        each = joined("; ", [composed("{count} – {why}", count=count, why=why) for count, why in whys])
        yield _n("{count} stays out: {why}", "{count} stay out: {why}", out.total(), why=each)


def center_lines(file: ObjectFile, columns: Collection[str], sums: ExportSums) -> Iterator[CheckLine]:
    """Report the centers that have a stock, and warn where the object names another one."""
    named, known = named_centers(file.settings), in_order(sums.centers)
    used = file.settings.accounting_centers.use
    shown = joined(", ", [_("{center} (used)", center=name) if name in used else name for name in known])
    if named and not known:
        lacks = (
            _("the export has no stock of any center in `{column}`; the sync object names {centers:quoted}")
            if CENTERS_COLUMN in columns
            else _("the export has no column `{column}`; the sync object names the centers {centers:quoted}")
        )
        message = lacks.filled(column=CENTERS_COLUMN, centers=named)
        yield warning(_("centers"), message, _("let Torgsoft export it, or name no center"))
    elif unknown := unknown_centers(file.settings, known):
        lacking = [str(finding.args["center"]) for finding in unknown]
        message = _("{centers}; not in the export: {lacking:quoted}", centers=shown, lacking=lacking)
        hint = verbatim(f"torgsync object edit {file.called} --center {','.join(map(quoted, known))}")
        yield warning(_("centers"), message, hint)
    elif known:
        yield ok(_("centers"), shown)


def photo_lines(file: ObjectFile, photos: PhotoIndex | None, sums: ExportSums) -> Iterator[CheckLine]:
    """Report photos of no good, and warn where no good that goes has a photo."""
    if photos:
        yield from _unused_photos(photos, sums.ids)
    folder = composed(
        "{edit} {dir} {url}",
        edit=f"torgsync object edit {file.called} --photos",
        dir=_("DIR"),
        url="--photos-url https://…",
    )
    if sums.going and not sums.pictured:
        if photos or not file.photo_folder:  # the check of an empty folder reports it
            hint = _NAMES if photos else folder
            yield warning(_("photos"), _("no item that goes to Prom.ua has a photo"), hint)
    elif sums.going and photos is None:
        message = _n(
            "the export has photo addresses for {count} item",
            "the export has photo addresses for {count} items",
            len(sums.pictured),
        )
        yield ok(_("photos"), message)
    if sums.plain:
        message = _n(
            "{count} row has photo addresses with `http://`, which is not encrypted",
            "{count} rows have photo addresses with `http://`, which is not encrypted",
            sums.plain,
        )
        yield warning(_("photos"), message, _("use `https://` if the server has it"))


def _unused_photos(photos: PhotoIndex, ids: set[str]) -> Iterator[CheckLine]:
    """Report photos that belong to no good: their names may be wrong."""
    known = {good_id.casefold() for good_id in ids}
    unused = [name for name in photos.files() if known.isdisjoint(owners_of(name))]
    if unused:
        message = _n(
            "{count} photo belongs to no item of the export, for example `{file}`; {names}",
            "{count} photos belong to no item of the export, for example `{file}`; {names}",
            len(unused),
            file=min(unused),
            names=_NAMES,
        )
        yield ok(_("photos"), message)

"""The accounting program's catalog file, whatever its format, as the rest of the program sees it.

The first bytes decide the format, the file's name never does: a YML file may be called `TSGoods.trs`
(torgsoft §2.1, §9, §17 no. 4).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from pathlib import Path

from torgsync.core.config.settings import Catalog
from torgsync.core.product.columns import ColumnHint, is_standard, no_column_message, resolve
from torgsync.core.text import nearest
from torgsync.disk import open_file
from torgsync.errors import ExportInvalid
from torgsync.files.catalog import refusals
from torgsync.files.catalog.catalog_file import Aspect, CatalogFile, FileFormat, Guess, ReadSettings
from torgsync.files.catalog.centers import compose
from torgsync.files.catalog.file_kinds import ARCHIVE, LOOK, OLD_OFFICE, refuse_other_kinds, start_of_text
from torgsync.files.catalog.sources import export_file
from torgsync.files.config.objects import ObjectFile, path_in
from torgsync.i18n import Message, _, _n, verbatim

_BY_SETTING = {"trs": FileFormat.TRS, "csv": FileFormat.TRS, "yml": FileFormat.YML, "xlsx": FileFormat.XLSX}


def open_export(file: ObjectFile) -> CatalogFile:
    """Look at an object's export; columns that its fields speak of keep their names.

    Raises ExportInvalid, and what `export_file` raises.
    """
    mapped = frozenset(mapping.column for mapping in file.settings.fields)
    try:
        return open_files(file.settings.catalog, partial(export_file, file), mapped)
    except ExportInvalid as refused:
        if refused.hint in refusals.OTHER_PATH:
            refused.hint = _(
                "{hint}; to change the path: torgsync object edit {called} --export {file}",
                hint=refused.hint,
                called=file.called,
                file=_("FILE"),
            )
        raise


def open_catalog(catalog: Catalog, folder: Path, mapped: Collection[str] = ()) -> CatalogFile:
    """Look at an export whose paths are relative to `folder`; see `open_files`."""
    return open_files(catalog, partial(path_in, folder), mapped)


def open_files(catalog: Catalog, file_of: Callable[[str], Path], mapped: Collection[str] = ()) -> CatalogFile:
    """Look at an export and return it ready to be read.

    `file_of` returns the file for a path of the settings. What the settings leave open is detected and listed
    in `guesses`. With one file per accounting center all are read as one, see `files/catalog/centers.py`.
    Raises ExportInvalid.
    """
    given = ReadSettings(
        encoding=catalog.encoding,
        delimiter=catalog.delimiter,
        header=catalog.header,
        names=catalog.names,
        extra_columns=tuple(catalog.extra_columns),
        columns=tuple(catalog.columns),
        last_line_end=catalog.last_line_end,
        mapped=mapped,
    )
    if not catalog.centers:
        return _open(file_of(catalog.path), catalog.format, given)
    main_first = sorted(catalog.centers.items(), key=lambda item: item[1] != catalog.path)
    return compose({center: _open(file_of(path), catalog.format, given) for center, path in main_first})


def _open(path: Path, wanted: str | None, given: ReadSettings) -> CatalogFile:
    """Look at one file. Where the settings alone keep it from being read, the refusal says which."""
    try:
        return _look(path, wanted, given)
    except ExportInvalid as refused:
        keys = ("encoding", "delimiter", "header")
        forced = [key for key in keys if getattr(given, key) is not None]
        forced += ["columns"] if given.columns else []
        if not forced and not wanted:
            raise
        try:
            _look(path, None, replace(given, encoding=None, delimiter=None, header=None, columns=()))
        except ExportInvalid:
            raise refused from None
        blamed = (["format"] if wanted else []) + forced
        hint = _n(
            "remove {names:quoted} under `[catalog]` from the sync object: without it the file can be read",
            "remove {names:quoted} under `[catalog]` from the sync object: without them the file can be read",
            len(blamed),
            names=blamed,
        )
        raise ExportInvalid(
            refused.message, mistakes=refused.mistakes, unlisted=refused.unlisted, hint=hint
        ) from refused


def _look(path: Path, wanted: str | None, given: ReadSettings) -> CatalogFile:
    try:
        with open_file(path) as file:
            beginning = file.read(LOOK)
    except OSError as error:
        raise refusals.unreadable(path, error) from error
    refuse_other_kinds(path, beginning)
    kind, because = _kind(beginning)
    if wanted:
        kind = _BY_SETTING[wanted]
    opened = _reader(kind)(path, given)
    if wanted:
        return opened
    guess = Guess(Aspect.FORMAT, verbatim(kind), because, "format", path.name)
    return replace(opened, guesses=(guess, *opened.guesses))


def _reader(kind: FileFormat) -> Callable[[Path, ReadSettings], CatalogFile]:
    """Return the function that opens files of a format; what only another format needs is not imported."""
    match kind:
        case FileFormat.TRS:
            from torgsync.files.catalog.trs import open_trs  # noqa: PLC0415

            return open_trs
        case FileFormat.YML:
            from torgsync.files.catalog.yml.catalog import open_yml  # noqa: PLC0415

            return open_yml
        case FileFormat.XLSX:
            from torgsync.files.catalog.xlsx import open_xlsx  # noqa: PLC0415

            return open_xlsx


def _kind(beginning: bytes) -> tuple[FileFormat, Message]:
    """Return the format that a file's first bytes speak for, and how."""
    if beginning.startswith((ARCHIVE, OLD_OFFICE)):
        return FileFormat.XLSX, _("it begins like the file of a spreadsheet program")
    if beginning[start_of_text(beginning) :].startswith(b"<"):
        return FileFormat.YML, _("it begins with `<`")
    return FileFormat.TRS, _("it begins with text")


def no_column(catalog: CatalogFile, name: str) -> Message:
    """Return the sentence about a column that an export lacks."""
    return no_column_message(name, *missing_column(catalog, name))


def missing_column(catalog: CatalogFile, name: str) -> tuple[ColumnHint, str]:
    """Return what may be meant by a column that an export lacks, and the column that is.

    An element of a YML file, or a label of Torgsoft, may be read under another name. No standard column is
    ever proposed for another one: `RetailPricePerUnit` is not what is meant by `RetailPrice`.
    """
    (meant,) = resolve([name], {}).columns
    if catalog.kind is FileFormat.YML:
        from torgsync.files.catalog.yml.elements import column_of  # noqa: PLC0415  # only YML needs it

        if (column := column_of(name)) in catalog.columns:
            return ColumnHint.ELEMENT, column
    if meant != name and meant in catalog.columns:
        return ColumnHint.LABEL, meant
    standard = is_standard(name)
    others = [own for own in catalog.columns if not (standard and is_standard(own))]
    if near := nearest(name, others):
        return ColumnHint.NEAR, near
    renamed = standard and not all(map(is_standard, catalog.columns))
    return (ColumnHint.RENAMED if renamed else ColumnHint.NONE), ""

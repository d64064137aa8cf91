"""Sync objects on disk: found by name, slug or path, read with all mistakes at once, changed with care.

New files are written with tomli-w; a file that a person may have commented is changed with tomlkit, which
keeps comments and order. A file is never half-written: a temporary name first, then a rename.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomli_w
import tomlkit
from filelock import FileLock, Timeout
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, InlineTable, Table

from torgsync.core.config.settings import (
    FieldMapping,
    FromFile,
    PaymentMethod,
    SynchronizationTime,
    SyncObject,
)
from torgsync.core.config.validation import read_settings
from torgsync.core.product.columns import canonical
from torgsync.errors import Mistake, ObjectInvalid, TorgsyncError, UsageError

_PATIENCE = 20
"""Seconds for which another program's change of a file is waited for."""


@dataclass(frozen=True, slots=True)
class ObjectFile:
    """A sync object and the file that it came from.

    `slug` names it in the state and in folders; `called` is how a person names it in a command that is to be
    pasted: by name where it lies among the home's objects, else by its path.
    """

    path: Path
    settings: SyncObject
    called: str

    @property
    def slug(self) -> str:
        """The object's short name."""
        return slugify(self.settings.name)

    def beside(self, path: str) -> Path:
        """Return a path of the object, which is relative to its file."""
        return beside(self.path.parent, path)

    @property
    def catalog_path(self) -> Path:
        """The export's file."""
        return self.beside(self.settings.catalog.path)

    @property
    def clients_path(self) -> Path | None:
        """The file of Torgsoft's clients, None where the object names none."""
        path = self.settings.clients.path
        return self.beside(path) if path else None

    @property
    def token_path(self) -> Path | None:
        """The token's own file, None where it stands elsewhere."""
        key = self.settings.api_key
        return self.beside(key.file) if isinstance(key, FromFile) else None

    @property
    def photo_folder(self) -> Path | None:
        """The photo folder, None where the object names none."""
        photos = self.settings.catalog.photos
        return self.beside(photos.folder) if photos else None


def beside(folder: Path, path: str) -> Path:
    """Return a path that is relative to a folder. Windows separators are understood."""
    given = Path(path if os.name == "nt" or "/" in path else path.replace("\\", "/"))
    return (folder / given.expanduser()).resolve()


def quoted(text: str) -> str:
    """Return a word of a command as it can be pasted into any shell: in double quotes where it needs them."""
    return text if re.fullmatch(r"[\w./\\:~-]+", text) else f'"{text}"'


def slugify(name: str) -> str:
    """Return a name as it stands in paths: lower case, letters of any language, runs of others as one `-`."""
    return re.sub(r"[^\w]+", "-", name.casefold(), flags=re.UNICODE).strip("-_") or "object"


def list_objects(folder: Path) -> list[Path]:
    """Return the files of all objects, by name."""
    return sorted(folder.glob("*.toml"))


def find_object(folder: Path, wanted: str | None, *, all_by: str | None = None) -> ObjectFile:
    """Return the object that a person means, see `find_path`.

    Raises ObjectInvalid where its file has mistakes.
    """
    found = load_object(find_path(folder, wanted, all_by=all_by))
    return replace(found, called=quoted(wanted)) if wanted and wanted.endswith(".toml") else found


def find_path(folder: Path, wanted: str | None, *, all_by: str | None = None) -> Path:
    """Return the file of the object that a person means: by path, slug or name, or the only one.

    `all_by` is the option that would mean all of them, where there is one. Raises UsageError where there is
    none or more than one.
    """
    if wanted and wanted.endswith(".toml"):
        return Path(wanted)
    files = list_objects(folder)
    if wanted is None:
        return _only_one(files, all_by)
    for path in files:
        if path.stem == slugify(wanted):
            return path
    for path in files:
        if name_in(path) == wanted:
            return path
    known = ", ".join(f"`{name_in(path) or path.stem}`" for path in files)
    raise UsageError(
        f"there is no sync object `{wanted}`",
        hint=f"these are known: {known}" if known else 'make one: `torgsync object add "My Prom"`',
    )


def _only_one(files: Sequence[Path], all_by: str | None) -> Path:
    if not files:
        raise UsageError("there is no sync object yet", hint='make one: `torgsync object add "My Prom"`')
    if len(files) > 1:
        names = ", ".join(f"`{name_in(path) or path.stem}`" for path in files)
        every = f", or take all with `{all_by}`" if all_by else ""
        raise UsageError(
            f"there are {len(files)} sync objects: {names}", hint=f"name one with `--object NAME`{every}"
        )
    return files[0]


def name_in(path: Path) -> str | None:
    """Return the name of the object in a file, None where it cannot be read."""
    try:
        name = tomllib.loads(path.read_text("utf-8-sig")).get("name")
    except (OSError, ValueError):
        return None
    return name if isinstance(name, str) else None


def parse_toml(text: str) -> dict[str, Any] | Mistake:
    """Return what a TOML text holds, or the mistake that makes it none, with its line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        line = re.search(r"line (\d+)", str(wrong))
        what = re.sub(r" \(at .*\)$", "", str(wrong))
        return Mistake(int(line[1]) if line else 0, "", f"this is not TOML: {what}")


def load_object(path: Path) -> ObjectFile:
    """Read a sync object. Raises ObjectInvalid with every mistake and its line."""
    text = text_of(path)
    data = parse_toml(text)
    if isinstance(data, Mistake):
        raise ObjectInvalid(mistakes_in(path, [data]), mistakes=(data,))
    lines = Lines(text)
    settings = read_settings(data, lines.of)
    if isinstance(settings, SyncObject):
        return ObjectFile(path.absolute(), settings, quoted(settings.name))
    raise ObjectInvalid(mistakes_in(path, settings), mistakes=tuple(settings))


def mistakes_in(path: Path, mistakes: Sequence[Mistake]) -> str:
    """Return how many mistakes a file has, in words."""
    count = len(mistakes)
    return f"{count} {'mistake' if count == 1 else 'mistakes'} in `{path.name}`"


def mistakes_at(file: ObjectFile, found: Sequence[tuple[tuple[str | int, ...], str, str]]) -> ObjectInvalid:
    """Return the error for mistakes that only show beside other files.

    Each is the path of its key, the key as people write it, and the message.
    """
    lines = Lines(text_of(file.path))
    mistakes = tuple(sorted(Mistake(lines.of(path), where, message) for path, where, message in found))
    return ObjectInvalid(mistakes_in(file.path, mistakes), mistakes=mistakes)


def text_of(path: Path) -> str:
    """Return the text of a sync object's file, its line ends as line feeds. Raises ObjectInvalid."""
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError as missing:
        raise ObjectInvalid(
            f"there is no sync object `{path}`", hint="see what there is: `torgsync object list`"
        ) from missing
    except (OSError, UnicodeDecodeError) as trouble:
        raise ObjectInvalid(f"`{path}` cannot be read as UTF-8 text") from trouble


class Lines:
    """Tells on which line of a TOML text a key stands.

    The text has been parsed already, so only headers and keys at the start of a line are looked for; lines
    inside multi-line strings are passed over.
    """

    _HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
    _PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_\-]+)")
    _KEY = re.compile(rf"\s*((?:{_PART.pattern})(?:\s*\.\s*(?:{_PART.pattern}))*)\s*=")

    def __init__(self, text: str) -> None:
        self._at: dict[tuple[str | int, ...], int] = {}
        table: tuple[str | int, ...] = ()
        counts: dict[tuple[str | int, ...], int] = {}
        fence = ""
        for number, line in enumerate(text.splitlines(), 1):
            if fence:
                fence = "" if fence in line else fence
            elif header := self._HEADER.match(line):
                table = self._split(header[2])
                if header[1] == "[[":
                    counts[table] = counts.get(table, -1) + 1
                    table = (*table, counts[table])
                self._at.setdefault(table, number)
            elif key := self._KEY.match(line):
                self._at.setdefault((*table, *self._split(key[1])), number)
                fence = next((mark for mark in ('"""', "'''") if line.count(mark) % 2), "")

    @classmethod
    def _split(cls, dotted: str) -> tuple[str, ...]:
        return tuple("".join(parts) for parts in cls._PART.findall(dotted))

    def of(self, path: tuple[str | int, ...]) -> int:
        """Return the line of a key's path, or of the nearest key or table above it; 1 for the file itself."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._at:
                return self._at[path[:length]]
        return 1


SCHEMA_FILE = "torgsync.schema.json"
"""Lies beside the sync objects that name it in their first line, so that editors complete and check keys."""


def write_new(
    path: Path, data: Mapping[str, Any], *, schema: Mapping[str, Any], remarks: Mapping[str, str]
) -> None:
    """Write a new sync object, and its JSON Schema beside it.

    Each table gets the remark under its name as a comment. Raises UsageError where there is one of that name.
    """
    if path.exists():
        raise UsageError(
            f"there is a sync object `{path.stem}` already",
            hint=f"look at it: `torgsync object show {path.stem}`",
        )
    replace_text(path.with_name(SCHEMA_FILE), json.dumps(schema, ensure_ascii=False, indent=2) + "\n")
    lines = [f"#:schema {SCHEMA_FILE}"]
    for line in tomli_w.dumps(data).splitlines():
        if remark := remarks.get(line.strip("[]")) if line.startswith("[") else None:
            lines.append(f"# {remark}")
        lines.append(line)
    replace_text(path, "\n".join(lines) + "\n")


@contextmanager
def editing(path: Path) -> Iterator[None]:
    """Hold a file while it is read, changed and written: of two programs that edit it one waits.

    Raises TorgsyncError where the other one takes too long.
    """
    try:
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=_PATIENCE):
            yield
    except Timeout as held:
        raise TorgsyncError(
            f"another program has been changing `{path}` for {_PATIENCE} seconds",
            hint="see what runs, then run the same command again",
        ) from held


def replace_text(path: Path, text: str) -> None:
    """Write a text file so that it is there whole or not at all, for its owner alone.

    A file that had the line ends of Windows keeps them. Raises TorgsyncError where the folder takes no file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        windows = path.is_file() and b"\r\n" in path.read_bytes()
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-", suffix=path.suffix)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\r\n" if windows else "\n") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as trouble:
        raise TorgsyncError(
            f"`{path}` cannot be written: {trouble.strerror}",
            hint=f"look at `{path.parent}` and the room on its disk, then run the same command again",
        ) from trouble


def set_payment_methods(file: ObjectFile, methods: Sequence[PaymentMethod]) -> None:
    """Write these of the object's payment methods; the others stay, as do every comment and the order."""
    rows = [
        method.model_dump(exclude_none=True, exclude={"gone"} if not method.gone else set())
        for method in methods
    ]
    _replace_tables(file.path, "payment_methods", rows, key="id")


def add_fields(file: ObjectFile, mappings: Sequence[FieldMapping]) -> None:
    """Append field mappings to the object; those that it has stay as they are."""
    rows = [
        mapping.model_dump(exclude_none=True, exclude_defaults=True)
        | {"column": mapping.column, "to": mapping.to}
        for mapping in mappings
    ]
    _add_tables(file.path, "fields", rows)


def remove_field(file: ObjectFile, column: str) -> None:
    """Take every mapping of a column out of the object, keeping every comment and the order of the rest."""
    _remove_tables(file.path, "fields", lambda table: canonical(str(table["column"])) == column)


def add_time(file: ObjectFile, time: SynchronizationTime) -> None:
    """Append a synchronization time to the object."""
    row = time.model_dump(exclude_none=True)
    row |= {"between": list(time.between)} if time.between else {}
    _add_tables(file.path, "synchronization_times", [row])


def remove_time(file: ObjectFile, time: SynchronizationTime) -> None:
    """Take a synchronization time out of the object, keeping every comment and the order of the rest."""
    _remove_tables(
        file.path,
        "synchronization_times",
        lambda table: SynchronizationTime.model_validate(table).identity == time.identity,
    )


def _add_tables(path: Path, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    with editing(path):
        document = _document(path)
        _append_tables(_tables(document, name), rows)
        replace_text(path, tomlkit.dumps(document))


def _remove_tables(path: Path, name: str, gone: Callable[[Mapping[str, Any]], bool]) -> None:
    """Take tables out of an array of the file.

    What stands behind a table, blank lines and comments, speaks of what follows it and stays there.
    """
    with editing(path):
        document = _document(path)
        tables: Any = document.get(name, [])
        plain = document.unwrap().get(name, [])
        for number in reversed(range(len(plain))):
            if not gone(plain[number]):
                continue
            if isinstance(tables, AoT):
                _give_tail(document, tables, number)
            del tables[number]
        if plain and not len(tables):
            del document[name]
        replace_text(path, tomlkit.dumps(document))


def _give_tail(document: tomlkit.TOMLDocument, tables: AoT, number: int) -> None:
    """Hand what stands behind a table of an array to what follows it in the file."""
    body = tables[number].value.body
    tail: list[Any] = []
    while body and body[-1][0] is None:
        tail.insert(0, body.pop())
    text = "".join(item.as_string() for _, item in tail).lstrip("\n")
    items = [item for _, item in document.body]
    place = next(place for place, item in enumerate(items) if item is tables)
    following = [*tables.body[number + 1 :], *items[place + 1 :]]
    tops = [item.body[0] if isinstance(item, AoT) else item for item in following]
    follower = next((item for item in tops if isinstance(item, Table)), None)
    if follower is not None:
        follower.trivia.indent = text + follower.trivia.indent.lstrip("\n")
    else:
        document.body.extend(tail)


def _document(path: Path) -> tomlkit.TOMLDocument:
    """Return a TOML file as it can be changed with all its comments."""
    try:
        return tomlkit.parse(text_of(path))
    except TOMLKitError as wrong:
        raise ObjectInvalid(f"`{path.name}` is not TOML: {wrong}") from wrong


def _replace_tables(path: Path, name: str, rows: Sequence[Mapping[str, Any]], *, key: str) -> None:
    """Bring an array of tables to these rows: known ones are changed in place, new ones appended."""
    with editing(path):
        document = _document(path)
        tables = _tables(document, name)
        known = {table.get(key): table for table in tables}
        _append_tables(tables, [row for row in rows if row[key] not in known])
        for row in rows:
            table = known.get(row[key])
            if table is None:
                continue
            for word in [word for word in table if word not in row and word in PaymentMethod.model_fields]:
                del table[word]
            for word, value in row.items():
                if table.get(word) != value:
                    table[word] = value
        replace_text(path, tomlkit.dumps(document))


def _tables(document: tomlkit.TOMLDocument, name: str) -> AoT | Array:
    """Return an array of tables of the document, made at its end where it has none."""
    tables = document.get(name)
    if isinstance(tables, Array) and len(tables):
        return tables
    if not isinstance(tables, AoT):
        document.pop(name, None)
        tables = tomlkit.aot()
        document.append(name, tables)
    return tables


def _append_tables(tables: AoT | Array, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append tables, each after a blank line; those of an array in brackets go into its brackets.

    What stands behind the last table so far, blank lines and comments, speaks of what follows the array in
    the file; to tomlkit it is a part of that table. It stays in front of what it speaks of.
    """
    if isinstance(tables, Array):
        for row in rows:
            tables.append(_inline(row))
        return
    tail: list[Any] = []
    if rows and len(tables):
        body = tables[-1].value.body
        while body and body[-1][0] is None:
            tail.insert(0, body.pop())
    for row in rows:
        table = tomlkit.item(dict(row))
        table.trivia.indent = "\n"
        tables.append(table)
    if tail:
        tables[-1].value.body.extend(tail)


def _inline(row: Mapping[str, Any]) -> InlineTable:
    table = tomlkit.inline_table()
    table.update(row)
    return table

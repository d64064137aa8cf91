"""Sync objects on disk: found by name, slug or path, and read with all mistakes at once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from torgsync.core.config.settings import FromFile, SyncObject
from torgsync.core.config.sources import FileServer, shown_source
from torgsync.core.config.storages import kind_of
from torgsync.core.config.validation import read_settings
from torgsync.core.shell import quoted
from torgsync.disk import read_text
from torgsync.errors import Mistake, ObjectInvalid, UsageError
from torgsync.files.config.copies import Copies
from torgsync.files.config.text_files import TomlLines, parse_toml
from torgsync.i18n import Message, _, _n
from torgsync.system import reason

if TYPE_CHECKING:
    from torgsync.core.fleet.trust import Trust
    from torgsync.core.reach import Reach

SEE_OBJECTS = _("see what there is: `torgsync object list`")
_NAME = re.compile(r"^name[ \t]*=.*$", re.MULTILINE)
_ADD = _('make one: `torgsync object add "My Prom"`')


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a sync object in the state has instead of a file; `trust` is its worker's."""

    text: str
    at: datetime
    trust: Trust


@dataclass(frozen=True, slots=True)
class ObjectFile:
    """A sync object, its file, and how a command calls it: by name if it is in the home, else by path.

    One that was `pushed` has no file: its `path` is where it would be, for what is relative to it.

    `copies` are those of its files on servers, for one job; `reach` limits where these servers may be, and
    what they may get, for an object whose author is not trusted.
    """

    path: Path
    settings: SyncObject
    called: str
    pushed: Pushed | None = None
    copies: Copies = field(default_factory=Copies, compare=False, repr=False)
    reach: Reach | None = field(default=None, compare=False)

    @property
    def trust(self) -> Trust | None:
        """What it may reach, None where that is everything: whoever wrote its file uses this computer."""
        return self.pushed.trust if self.pushed else None

    @property
    def text(self) -> str:
        """Its text, line ends as line feeds. Raises ObjectInvalid where its file cannot be read."""
        return self.pushed.text if self.pushed else text_of(self.path)

    @property
    def changed_at(self) -> datetime:
        """When it was changed last, in UTC. Raises OSError."""
        return self.pushed.at if self.pushed else datetime.fromtimestamp(self.path.stat().st_mtime, UTC)

    @property
    def editable(self) -> Path:
        """Its file, to be changed. Raises ObjectInvalid where it was pushed."""
        if self.pushed:
            raise ObjectInvalid(
                _("`{object}` was pushed, and is not changed here", object=self.settings.name),
                hint=_(
                    "change it in its folder, then push that: {command}", command="torgsync fleet push DIR"
                ),
            )
        return self.path

    def at_home(
        self, fetched: Path, *, offline: bool = False, check: Callable[[], None] = lambda: None
    ) -> ObjectFile:
        """Return the same for a new job, whose files on servers are kept in the folder `fetched`.

        See `Copies` for `offline` and `check`.
        """
        return replace(self, copies=Copies(fetched / self.slug, offline, check))

    @property
    def slug(self) -> str:
        """The object's short name, in the state and in folders."""
        return slugify(self.settings.name)

    def path_of(self, path: str) -> Path:
        """Return a path of the object, which is relative to its file."""
        return path_in(self.path.parent, path)

    def kept(self, path: str, server: FileServer) -> Path:
        """Return the file for a path, or the copy of the file at an address: as it is, nothing is fetched."""
        if not kind_of(path):
            return self.path_of(path)
        return self.copies.kept(path, server.user, shown_source(path))

    @property
    def catalog_path(self) -> Path:
        """The export's file, for an address the copy of it that is kept."""
        return self.kept(self.settings.catalog.path, self.settings.catalog.server)

    @property
    def clients_path(self) -> Path | None:
        """The file of Torgsoft's clients, as `catalog_path`; None where the object names none."""
        clients = self.settings.clients
        return self.kept(clients.path, clients.server) if clients.path else None

    @property
    def token_path(self) -> Path | None:
        """The token's own file, None where it is kept elsewhere."""
        key = self.settings.api_key
        return self.path_of(key.file) if isinstance(key, FromFile) else None

    @property
    def photo_folder(self) -> Path | None:
        """The photo folder, None where the object names none."""
        photos = self.settings.catalog.photos
        return self.path_of(photos.folder) if photos else None


def path_in(folder: Path, path: str) -> Path:
    """Return a path that is relative to a folder. Windows separators are understood."""
    path = path.replace("\0", "\ufffd")  # so that there is no such file, whatever is done with it
    given = Path(path if os.name == "nt" or "/" in path else path.replace("\\", "/"))
    try:
        return (folder / given.expanduser()).resolve()
    except (OSError, RuntimeError, ValueError):  # links in a circle, or no name of a file
        return folder.absolute() / given


def slugify(name: str) -> str:
    """Return a name for paths: lower case, letters of any language, runs of others as one `-`."""
    return re.sub(r"[^\w]+", "-", name.casefold(), flags=re.UNICODE).strip("-_") or "object"


def list_objects(folder: Path) -> list[Path]:
    """Return the files of all objects, by name."""
    return sorted(folder.glob("*.toml"))


def find_object(folder: Path, wanted: str | None, *, all_by: str | None = None) -> ObjectFile:
    """Return the object that a person means, see `find_path`. Raises ObjectInvalid for its mistakes."""
    file = load_object(find_path(folder, wanted, all_by=all_by))
    return replace(file, called=quoted(wanted)) if wanted and wanted.endswith(".toml") else file


def find_path(folder: Path, wanted: str | None, *, all_by: str | None = None) -> Path:
    """Return one object's file by its path or name, or by the name as paths and documents have it.

    `all_by` is the option for all. Raises UsageError, also where the name is that of several.
    """
    files = list_objects(folder)
    if wanted and wanted.endswith(".toml") and os.path.lexists(wanted):
        return Path(wanted)
    if wanted is None:
        return _only_one(files, all_by)
    paths = [path for path in files if slugify(wanted) in {path.stem, slugify(name_in(path) or path.stem)}]
    if len(paths) > 1:
        raise UsageError(
            _("several sync objects are called `{name}`: {files:quoted}", name=wanted, files=paths),
            hint=_("give the path of the file that you mean in place of the name"),
        )
    if paths:
        return paths[0]
    known = tuple(_names(files))
    raise UsageError(
        _("there is no sync object `{name}`", name=wanted),
        hint=_("these are known: {names:quoted}", names=known) if known else _ADD,
    )


def _only_one(files: Sequence[Path], all_by: str | None) -> Path:
    if not files:
        raise UsageError(_("there is no sync object yet"), hint=_ADD)
    if len(files) > 1:
        hint = _("name one with `--object NAME`")
        if all_by:
            hint = _("name one with `--object NAME`, or take all with `{option}`", option=all_by)
        many = _n(
            "there is {count} sync object: {names:quoted}",
            "there are {count} sync objects: {names:quoted}",
            len(files),
            names=tuple(_names(files)),
        )
        raise UsageError(many, hint=hint)
    return files[0]


def _names(files: Sequence[Path]) -> list[str]:
    return [name_in(path) or path.stem for path in files]


def name_in(path: Path) -> str | None:
    """Return the name of the object in a file, also in one that is no TOML elsewhere; None for none."""
    try:
        text = read_text(path)
    except (OSError, UnicodeDecodeError):
        return None
    data = parse_toml(text)
    if isinstance(data, Mistake) and (line := _NAME.search(text.partition("\n[")[0])):
        data = parse_toml(line[0])
    name = None if isinstance(data, Mistake) else data.get("name")
    return name if isinstance(name, str) else None


def load_object(path: Path) -> ObjectFile:
    """Read a sync object. Raises ObjectInvalid with every mistake and its line."""
    settings = settings_in(path, text_of(path))
    return ObjectFile(path.absolute(), settings, quoted(_called(path, settings.name)))


def settings_in(path: Path, text: str) -> SyncObject:
    """Return the settings that a text holds; `path` is named where it has mistakes. Raises ObjectInvalid."""
    data = parse_toml(text)
    settings = [data] if isinstance(data, Mistake) else read_settings(data, TomlLines(text).of)
    if isinstance(settings, SyncObject):
        return settings
    raise ObjectInvalid(mistakes_in(path, settings), mistakes=tuple(settings))


def pushed_object(base: Path, name: str, pushed: Pushed) -> ObjectFile:
    """Return an object that was pushed, for a worker whose own objects would be in the folder `base`.

    Raises ObjectInvalid with every mistake, and everything that its worker refuses.
    """
    from torgsync.core.config.keys import key_text  # noqa: PLC0415  # only a worker needs them
    from torgsync.core.config.paths import local_paths  # noqa: PLC0415
    from torgsync.core.fleet.trust import refusals  # noqa: PLC0415

    path = base.absolute() / f"{slugify(name)}.toml"
    settings = settings_in(path, pushed.text)
    file = ObjectFile(path, settings, quoted(_called(path, settings.name)), pushed, reach=pushed.trust.reach)
    refused = [(key, key_text(key), why) for key, why in refusals(settings, pushed.trust)]
    secrets = path_in(base, pushed.trust.secrets)
    for where, place in local_paths(settings):
        if file.path_of(place).is_relative_to(secrets):
            why = _("`{path}` is in the folder of secrets, from which only secrets are read", path=place)
            refused.append((tuple(where.split(".", 2)), where, why))
    if refused:
        raise mistakes_at(file, refused)
    return file


def _called(path: Path, name: str) -> str:
    """Return how a command names an object: by its name, unless that looks like an option or a path."""
    return path.stem if name.startswith("-") or name.endswith(".toml") else name


def mistakes_in(path: Path, mistakes: Sequence[Mistake]) -> Message:
    """Return how many mistakes a file has, in words."""
    return _n("{count} mistake in `{file}`", "{count} mistakes in `{file}`", len(mistakes), file=path.name)


def mistakes_at(
    file: ObjectFile, seen: Sequence[tuple[tuple[str | int, ...], str, Message]]
) -> ObjectInvalid:
    """Return the error for mistakes seen with other files: key's path, key as written, message."""
    lines = TomlLines(file.text)
    mistakes = tuple(sorted(Mistake(lines.of(path), where, message) for path, where, message in seen))
    return ObjectInvalid(mistakes_in(file.path, mistakes), mistakes=mistakes)


def text_of(path: Path) -> str:
    """Return the text of a sync object's file, its line ends as line feeds. Raises ObjectInvalid."""
    try:
        return read_text(path)
    except FileNotFoundError as missing:
        raise ObjectInvalid(_("there is no sync object `{name}`", name=path), hint=SEE_OBJECTS) from missing
    except UnicodeDecodeError as trouble:
        raise ObjectInvalid(_("`{path}` cannot be read as UTF-8 text", path=path)) from trouble
    except OSError as trouble:
        why = _("the sync object `{path}` cannot be read: {why}", path=path, why=reason(trouble))
        raise ObjectInvalid(why, hint=SEE_OBJECTS) from trouble

"""The files that a sync object reads: those of this machine as they are, those of servers as copies."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from torgsync.core.config.sources import FileServer, shown_source
from torgsync.core.config.storages import kind_of
from torgsync.errors import Temporary, TorgsyncError
from torgsync.files.config.copies import Copies, CopyNote
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.tokens import read_server_secret
from torgsync.i18n import Message, _
from torgsync.system import reason

if TYPE_CHECKING:
    from torgsync.core.reach import Reach
    from torgsync.files.fetching.fetched import FileSource
    from torgsync.files.places.remote import PlaceWords

Table = Literal["catalog", "clients"]
"""The table of a sync object that names a file."""


def export_files(file: ObjectFile) -> list[Path]:
    """Return all files of an export, in their order. Raises what `local_file` raises."""
    catalog = file.settings.catalog
    return [local_file(file, path, catalog.server, "catalog") for path in catalog.files]


def export_file(file: ObjectFile, path: str) -> Path:
    """Return the file of an export for a path that its table names. Raises what `local_file` raises."""
    return local_file(file, path, file.settings.catalog.server, "catalog")


def local_file(file: ObjectFile, path: str, server: FileServer, table: Table) -> Path:
    """Return the file for a path, or a copy of the file at an address, fetched where it changed.

    Raises ObjectInvalid for a secret that is missing, Temporary where the server fails, ExportInvalid where
    a person has to do something about it.
    """
    if not kind_of(path):
        return file.path_of(path)
    return file.copies.once(
        path, server.user, shown_source(path), partial(_newest, file, path, server, table)
    )


def _newest(
    file: ObjectFile, path: str, server: FileServer, table: Table, place: Path, note: CopyNote | None
) -> CopyNote:
    """Return the note of the newest copy of a file on a server, fetched where it changed."""
    shown = shown_source(path)
    if file.copies.offline:
        raise Temporary(
            _("`{place}` was never fetched, so there is no copy to work with", place=shown),
            hint=_("run the command without `--offline`"),
        )
    from torgsync.core.reach import Reach  # noqa: PLC0415  # most objects need none of it
    from torgsync.files.fetching.fetched import FileSource  # noqa: PLC0415  # likewise

    reach = file.reach or Reach()
    private = reach.private and server.allow_private
    source = FileSource(
        path,
        shown,
        words_of(table),
        reach._replace(private=private, hint=_private_hint(file, table, reach)),
        user=server.user,
        password=read_server_secret(file, server.password, table, "password"),
        query=read_server_secret(file, server.query, table, "query"),
        endpoint=server.endpoint,
    )
    return _fetched(source, file.copies, place, note)


def _fetched(source: FileSource, copies: Copies, place: Path, note: CopyNote | None) -> CopyNote:
    """Return the note of the newest copy of an export, or of a table, which is not of any other kind."""
    from torgsync.files.catalog.file_kinds import refuse_other_kinds  # noqa: PLC0415  # as above
    from torgsync.files.fetching.newest import newest_copy  # noqa: PLC0415  # likewise

    return newest_copy(source, refuse_other_kinds, copies.check, place, note)


def given_export(
    path: str,
    user: str | None,
    password: str | None,
    endpoint: str | None,
    *,
    folder: Path,
    called: str,
) -> Path:
    """Return a copy, in a `folder`, of the export at an address that is not in a sync object yet.

    `called` is what the object will be called in commands. Raises as `local_file` does.
    """
    from torgsync.core.reach import Reach  # noqa: PLC0415  # as above
    from torgsync.files.fetching.fetched import FileSource  # noqa: PLC0415  # likewise

    hint = _("check the address, the user and the password, and that this user may read the file")
    words = words_of("catalog")._replace(hint=hint, login=hint)
    reach = Reach(private=False, hint=_allow(called, "catalog"))
    shown = shown_source(path)
    source = FileSource(path, shown, words, reach, user=user, password=password, endpoint=endpoint)
    copies = Copies(folder)
    return copies.once(path, user, shown, partial(_fetched, source, copies))


def words_of(table: Table) -> PlaceWords:
    """Return what a person hears where the file of a table cannot be fetched."""
    from torgsync.files.places.remote import PlaceWords  # noqa: PLC0415  # most objects need none of it

    unusable = {
        "catalog": _("the export cannot be fetched from `{place}`: {why}"),
        "clients": _("the clients cannot be fetched from `{place}`: {why}"),
    }
    return PlaceWords(
        unusable[table],
        _("to fetch `{place}` a library is needed"),
        _("the next run tries it again; if it goes on, look at `path` under `[{table}]`", table=table),
        _(
            "check `user` and `password` under `[{table}.server]`, and that this user may read the file",
            table=table,
        ),
    )


def forget_copy(file: ObjectFile, table: Table) -> None:
    """Remove the copies of a file on a server. Raises TorgsyncError where that cannot be done."""
    settings = getattr(file.settings, table)
    if not kind_of(settings.path):
        return
    try:
        file.copies.forget(settings.path, settings.server.user)
    except OSError as trouble:
        what = file.kept(settings.path, settings.server).parent
        raise TorgsyncError(
            _("`{path}` cannot be deleted: {why}", path=what, why=reason(trouble)),
            hint=_("delete it, and run the command again"),
        ) from trouble


def _private_hint(file: ObjectFile, table: Table, reach: Reach) -> Message:
    if not reach.private:
        return _("whoever runs the worker decides that; give an address on the internet")
    return _allow(file.called, table)


def _allow(called: str, table: Table) -> Message:
    return _(
        "if that is your own server, allow it: torgsync object edit {called} --set "
        "{table}.server.allow_private=true",
        called=called,
        table=table,
    )

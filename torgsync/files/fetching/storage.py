"""Fetches a file from a server with SFTP, FTP or S3, as order files and photos go there."""

from __future__ import annotations

from contextlib import closing

from torgsync.files.fetching.fetched import (
    Fetched,
    FileSource,
    Target,
    Validators,
    changed_meanwhile,
    cut_off,
    no_file,
    refuse_size,
)
from torgsync.files.places.remote import RemotePlace, connect_remote


def fetch_stored(source: FileSource, known: Validators, target: Target) -> Fetched | None:
    """Fetch a file into `target`; return None where the version of `known` is still there.

    Raises FetchFailed, or TorgsyncError in the words of the source.
    """
    folder, _slash, name = source.address.rpartition("/")
    place = connect_remote(
        *(folder, source.password, source.words),
        user=source.user,
        endpoint=source.endpoint,
        reach=source.reach,
    )
    with closing(place):
        return _fetch(place, name, known, target)


def _fetch(place: RemotePlace, name: str, known: Validators, target: Target) -> Fetched | None:
    before = place.stamp(name)
    if before is None:
        raise no_file()
    if before.version and before.version == known.etag:
        return None
    refuse_size(before.size or 0)
    target.begin()
    for part in place.parts(name, before.size):
        target.write(part)
    if before.size is not None and target.size < before.size:
        raise cut_off(target.size, before.size)
    if place.stamp(name) != before or target.size != (before.size or target.size):
        raise changed_meanwhile()
    return Fetched(Validators(etag=before.version), before.written)

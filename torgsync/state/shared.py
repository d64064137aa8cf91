"""One open state for all who use it in a process at the same time: it is opened and checked once.

A connection and the statements that are compiled for it serve all objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from threading import Lock

from torgsync.i18n import Message
from torgsync.state.store import Store, open_store
from torgsync.state.troubles import file_of


@dataclass
class _Shared:
    """A state that is open, how many use it, and which file it is."""

    store: Store
    file: tuple[int, int] | None
    users: int = 0


_open: dict[str, _Shared] = {}
_opening = Lock()


@contextmanager
def shared_store(url: str, notify: Callable[[Message], None]) -> Iterator[Store]:
    """Yield the state at a URL, opened as by `open_store` unless it is; the last who uses it closes it.

    Where its file was replaced since, as by a backup, the new one is opened. Raises what `open_store` raises.
    """
    if file_of(url) is None and url.startswith("sqlite"):  # in memory: each is another one
        with closing(open_store(url, notify)) as store:
            yield store
        return
    with _opening:
        shared = _open.get(url)
        if shared is None or shared.file != _identity(url):
            store = open_store(url, notify)
            shared = _open[url] = _Shared(store, _identity(url))
        shared.users += 1
    try:
        yield shared.store
    finally:
        with _opening:
            shared.users -= 1
            if not shared.users:
                if _open.get(url) is shared:
                    del _open[url]
                shared.store.close()


def _identity(url: str) -> tuple[int, int] | None:
    """Return which file a state is now, None where there is none."""
    try:
        found = file.stat() if (file := file_of(url)) else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found else None

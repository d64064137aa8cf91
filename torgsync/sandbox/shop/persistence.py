"""Saves a shop in a file, so that the next rehearsal continues where the last one ended.

The file is an SQLite database that any tool opens. Each table holds one JSON document a row, with the fields
of the dataclass of the same name: `products`, `groups`, `orders`, `clients`, `messages`, `threads` and
`chat` (what was written in these) by `id`; `imports` by `place`, the order of acceptance, with the file that
was sent in `feed`; `deleted` the external ids that cannot be imported again; `facts` the `format` (1), the
next ids and the payment options. A write of the shop is one transaction. Tokens, quirks, faults and the
request log are not saved.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from torgsync.disk import stat_file
from torgsync.errors import UsageError
from torgsync.i18n import _
from torgsync.sandbox.shop.collection import Collection
from torgsync.sandbox.shop.conversations import ChatMessage, ShopMessage, ShopThread
from torgsync.sandbox.shop.import_queue import Import
from torgsync.sandbox.shop.orders import ShopClient, ShopOption, ShopOrder
from torgsync.sandbox.shop.products import ShopGroup, ShopProduct
from torgsync.sandbox.shop.shop import Shop
from torgsync.system import known_reason, reason

FORMAT = 1

_KINDS: dict[str, TypeAdapter[Any]] = {
    "products": TypeAdapter(ShopProduct),
    "groups": TypeAdapter(ShopGroup),
    "orders": TypeAdapter(ShopOrder),
    "clients": TypeAdapter(ShopClient),
    "messages": TypeAdapter(ShopMessage),
    "threads": TypeAdapter(ShopThread),
    "chat": TypeAdapter(ChatMessage),
}
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, document TEXT NOT NULL)",
    *(
        f"CREATE TABLE IF NOT EXISTS {name} (id INTEGER PRIMARY KEY, document TEXT NOT NULL)"
        for name in _KINDS
    ),
    """CREATE TABLE IF NOT EXISTS imports (
      place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL, feed BLOB NOT NULL
    )""",
    "CREATE TABLE IF NOT EXISTS deleted (external_id TEXT PRIMARY KEY)",
)
_IMPORT = TypeAdapter(Import)
_OPTIONS = TypeAdapter(list[ShopOption])


class Persistence:
    """Saves a shop in a file after every write, and restores a new one from it, else raises UsageError."""

    def __init__(self, shop: Shop, path: Path) -> None:
        self._shop = shop
        self._path = path
        self._collections: dict[str, Collection[Any]] = {
            "products": shop.catalog.products,
            "groups": shop.catalog.groups,
            "orders": shop.orders,
            "clients": shop.clients,
            "messages": shop.conversations.messages,
            "threads": shop.conversations.threads,
            "chat": shop.conversations.chat,
        }
        self._deleted: set[str] = set()
        self._facts: dict[str, str] = {}
        # Requests come on several threads; the shop's lock serialises them.
        try:
            with suppress(FileNotFoundError):
                stat_file(path)
            self._file = sqlite3.connect(path, timeout=0.5, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise self._refused(error) from error
        try:
            self._file.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._file.execute("BEGIN EXCLUSIVE")
            is_new = not self._file.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            # A file of an earlier version lacks the newer tables.
            for statement in SCHEMA:
                self._file.execute(statement)
            if is_new:
                self._file.execute("INSERT INTO facts VALUES ('format', ?)", (str(FORMAT),))
            else:
                self._load()
            self._file.execute("COMMIT")
        except (sqlite3.Error, ValidationError, ValueError, LookupError) as error:
            self._file.close()
            raise self._refused(error) from error
        self.save()
        shop.save_hook = self.save

    def _refused(self, error: Exception) -> UsageError:
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            why = _("another sandbox works with it")
        elif isinstance(error, OSError):
            why = reason(error)
        elif isinstance(error, sqlite3.OperationalError):
            why = known_reason(str(error))
        else:
            why = _("it is not the file of a shop that this version of the sandbox keeps")
        return UsageError(
            _("the shop cannot be kept in `{path}`: {why}", path=self._path, why=why),
            hint=_("name a file that does not exist yet: `torgsync sandbox --keep FILE`"),
        )

    def _load(self) -> None:
        facts = dict(self._file.execute("SELECT name, document FROM facts"))
        if facts.pop("format") != str(FORMAT):
            raise ValueError("another format")
        shop, values = self._shop, {name: json.loads(text) for name, text in facts.items()}
        for name, collection in self._collections.items():
            rows = self._file.execute(f"SELECT document FROM {name} ORDER BY id")  # noqa: S608 - a constant
            documents = [_KINDS[name].validate_json(text) for (text,) in rows]
            collection.restore(documents, values.get(f"next_{name}", collection.next_id))
        shop.catalog.last_image_id = values["last_image_id"]
        self._deleted = {text for (text,) in self._file.execute("SELECT external_id FROM deleted")}
        shop.catalog.deleted_external_ids.update(self._deleted)
        options = _OPTIONS.validate_python(values["payment_options"])
        shop.payment_options.update((option.id, option) for option in options)
        for text, feed in self._file.execute("SELECT document, feed FROM imports ORDER BY place"):
            entry = replace(_IMPORT.validate_json(text), feed=feed)
            shop.import_queue.imports[entry.id] = entry
        self._facts = facts

    def save(self) -> None:
        """Write all changes since the last call, in one transaction."""
        with self._shop.lock:
            self._file.execute("BEGIN")
            try:
                for name, collection in self._collections.items():
                    self._save_collection(name, collection)
                self._save_imports()
                facts = self._save_rest()
                self._file.execute("COMMIT")
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            for collection in self._collections.values():
                collection.touched.clear()
            self._shop.import_queue.touched.clear()
            self._facts = facts
            if len(self._deleted) != len(self._shop.catalog.deleted_external_ids):
                self._deleted = set(self._shop.catalog.deleted_external_ids)

    def close(self) -> None:
        """Write the last changes, and close the file; the shop stays in memory."""
        with self._shop.lock:
            self.save()
            self._shop.save_hook = lambda: None
            self._file.close()

    def _save_collection(self, name: str, collection: Collection[Any]) -> None:
        items = {number: collection.find(number) for number in sorted(collection.touched)}
        dump = _KINDS[name].dump_json
        self._file.executemany(
            f"INSERT OR REPLACE INTO {name} VALUES (?, ?)",  # noqa: S608 - a constant
            [(number, dump(item).decode()) for number, item in items.items() if item is not None],
        )
        self._file.executemany(
            f"DELETE FROM {name} WHERE id = ?",  # noqa: S608 - likewise
            [(number,) for number, item in items.items() if item is None],
        )

    def _save_imports(self) -> None:
        queue = self._shop.import_queue
        self._file.executemany(
            "INSERT OR REPLACE INTO imports VALUES (?, ?, ?, ?)",
            [
                (place, entry.id, _IMPORT.dump_json(replace(entry, feed=b"")).decode(), entry.feed)
                for place, entry in enumerate(queue.imports.values() if queue.touched else ())
                if entry.id in queue.touched
            ],
        )

    def _save_rest(self) -> dict[str, str]:
        """Write the facts and the deleted external ids; return the facts."""
        shop = self._shop
        facts = {f"next_{name}": str(collection.next_id) for name, collection in self._collections.items()}
        facts["last_image_id"] = str(shop.catalog.last_image_id)
        facts["payment_options"] = _OPTIONS.dump_json(list(shop.payment_options.values())).decode()
        changed = facts.items() - self._facts.items()
        self._file.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", sorted(changed))
        deleted = shop.catalog.deleted_external_ids
        if len(deleted) != len(self._deleted):
            new = [(external_id,) for external_id in sorted(deleted - self._deleted)]
            self._file.executemany("INSERT INTO deleted VALUES (?)", new)
        return facts

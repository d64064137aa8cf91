"""The schema of the state: migrations make the tables of the code, after a copy, in one transaction."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from builders import FULL, NOON, any_values, order
from hypothesis import given
from sqlalchemy import create_engine, text

from torgsync.core.orders.late import AWAITED
from torgsync.core.orders.order import Paid
from torgsync.core.paging import PAGE
from torgsync.core.plan.diff import FieldChange
from torgsync.core.product.documents import StoredProduct, keep
from torgsync.core.product.fields import FIELDS, PRICE_STOCK, Value, encode
from torgsync.core.reason import write_json
from torgsync.errors import TorgsyncError
from torgsync.state.engine import make_engine
from torgsync.state.orders.order_rows import order_json
from torgsync.state.schema.backups import back_up
from torgsync.state.schema.base import metadata
from torgsync.state.schema.migrations.versions import v0015_documents
from torgsync.state.schema.upgrade import MIGRATIONS, Migrations
from torgsync.state.schema.version import FIRST
from torgsync.state.store import open_store

NEWEST = MIGRATIONS.newest
NEXT = f"{int(NEWEST) + 1:04}"
LATER = f"""
from alembic import op

revision, down_revision = "{NEXT}", "{NEWEST}"


def upgrade():
    op.execute("ALTER TABLE objects ADD COLUMN later INTEGER DEFAULT 7")
    op.execute("UPDATE objects SET later = look")
"""  # noqa: S608  # nothing of it comes from outside
"""A migration of a later version."""
COPY = f"state.db.{NEWEST}.bak"


@pytest.fixture
def later(tmp_path: Path) -> Migrations:
    """The migrations of this program and one of a later version."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS.folder, folder)
    (folder / "versions" / "later.py").write_text(LATER)
    return Migrations(folder, NEXT)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a state that has a row."""
    folder = tmp_path / "home"
    folder.mkdir()
    with closing(open_store(url_of(folder))) as store, store.transaction("shop") as work:
        work.object_state.begin_look()
    return folder


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'state.db'}"


@contextmanager
def database(folder: Path, name: str = "state.db") -> Iterator[sqlite3.Connection]:
    """The file of a state or of a copy, without the program."""
    with closing(sqlite3.connect(folder / name)) as connection:
        yield connection
        connection.commit()


def schema_of(folder: Path, name: str = "state.db") -> str:
    with database(folder, name) as connection:
        (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(schema)


def set_schema(folder: Path, schema: str) -> None:
    with database(folder) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (schema,))


def test_migrations_make_the_tables(home: Path) -> None:
    """After opening, nothing is left for a new migration to do: names, types, indexes and all."""
    engine = create_engine(url_of(home))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
    assert schema_of(home) == MIGRATIONS.newest


def test_the_numbers_of_the_schema_are_those_of_the_folder() -> None:
    """The newest number, which saves loading Alembic, is the one head; nothing is older than the first."""
    script = ScriptDirectory(str(MIGRATIONS.folder))
    assert script.get_heads() == [MIGRATIONS.newest]
    assert script.get_base() == FIRST


def test_opening_again_changes_nothing(home: Path) -> None:
    """What was stored is there after the next opening."""
    lines: list[str] = []
    with closing(open_store(url_of(home), lines.append)) as again, again.transaction("shop") as work:
        assert work.object_state.current_look() == 1
    assert lines == []


def test_a_newer_schema_is_refused(home: Path) -> None:
    """An older program never touches what a newer one wrote; the hint is to update."""
    set_schema(home, "~999")
    with pytest.raises(TorgsyncError, match=r"newer torgsync \(schema ~999, this one supports") as caught:
        open_store(url_of(home))
    assert caught.value.hint == "update this program: `pip install --upgrade torgsync`"


@pytest.mark.parametrize("schema", [f"{number:04}" for number in range(1, 10)])
def test_a_schema_of_an_unreleased_version_is_refused(home: Path, schema: str) -> None:
    """The file keeps its bytes, no copy is made, and the hint names both ways to go on."""
    set_schema(home, schema)
    before = (home / "state.db").read_bytes()
    with pytest.raises(TorgsyncError, match=rf"unreleased version of torgsync \(schema {schema}\)") as caught:
        open_store(url_of(home))
    for way in ("move it away", "`torgsync object adopt`", "`--home`"):
        assert way in (caught.value.hint or "")
    assert {path.name: path.read_bytes() for path in home.iterdir()} == {"state.db": before}


def test_a_failed_first_migration_is_rolled_back(tmp_path: Path) -> None:
    """A schema that cannot be made completely is not made at all."""
    with database(tmp_path) as connection:
        connection.execute("CREATE TABLE runs (id INTEGER)")
    with pytest.raises(TorgsyncError, match="runs already exists"):
        open_store(url_of(tmp_path))
    with database(tmp_path) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert tables == [("runs",)]


def test_a_failed_later_migration_is_rolled_back(home: Path, later: Migrations) -> None:
    """A migration that fails is rolled back with its DDL."""
    path = later.folder / "versions" / "later.py"
    path.write_text(LATER.replace("UPDATE objects", "UPDATE nosuch"))
    with pytest.raises(TorgsyncError, match="no such table: nosuch"):
        open_store(url_of(home), migrations=later)
    assert schema_of(home) == NEWEST
    with database(home) as connection:
        assert "later" not in [row[1] for row in connection.execute("PRAGMA table_info(objects)")]


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """It is never written to."""
    (tmp_path / "state.db").write_text("not a database " * 100)
    with pytest.raises(TorgsyncError, match="is not a database"):
        open_store(url_of(tmp_path))
    assert (tmp_path / "state.db").read_text() == "not a database " * 100


@pytest.mark.parametrize(
    ("url", "message", "hint"),
    [
        (
            "sqlite:////nowhere/state.db",
            "the folder of the state `/nowhere/state.db` does not exist",
            "TORGSYNC_STATE",
        ),
        ("rubbish", "Could not parse SQLAlchemy URL", "TORGSYNC_STATE"),
        ("sqlite+nosuch://", "Can't load plugin", "TORGSYNC_STATE"),
        ("postgresql://127.0.0.1:1/nothing-listens-here", "cannot be reached now", "TORGSYNC_STATE"),
        ("mysql+pymysql://shop.example/state", "No module named", "install the driver: "),
    ],
)
def test_a_url_that_cannot_be_opened(url: str, message: str, hint: str) -> None:
    """A missing folder or driver and a wrong URL end in an error whose hint names what to look at."""
    with pytest.raises(TorgsyncError, match=re.escape(message)) as caught:
        open_store(url)
    assert hint in (caught.value.hint or "")


# Each migration with rows


def state_at(url: str, schema: str) -> None:
    """Make a state with an older schema."""
    engine = make_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS.folder))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, schema)
    engine.dispose()


def test_orders_of_an_older_state_are_read_again(tmp_path: Path) -> None:
    """Their payment is awaited as if they had come today; one held without lines is read once at least."""
    state_at(url_of(tmp_path), "0011")
    orders = {"1": order(paid=Paid.UNPAID), "2": order(), "3": order(paid=Paid.UNPAID, status="canceled")}
    orders["4"] = order(lines=())
    with database(tmp_path) as connection:
        for number, found in orders.items():
            doc = order_json().dump_json(replace(found, id=number)).decode()
            hold = None if found.lines else "no-lines"
            row = ("shop", number, found.status, doc, f"{NOON.isoformat(timespec='microseconds')}", hold)
            columns = "object, order_id, version, status, doc, created, hold"
            connection.execute(f"INSERT INTO orders ({columns}) VALUES (?, ?, 1, ?, ?, ?, ?)", row)  # noqa: S608
    with closing(open_store(url_of(tmp_path))) as store, store.transaction("shop") as work:

        def again(now: datetime) -> list[str]:
            return [one.order_id for one in work.orders.to_read_again(now)]

        assert again(NOON) == ["4", "1"]
        assert again(NOON + AWAITED) == ["4"]
        work.orders.note_read("4", NOON)
        assert again(NOON + AWAITED) == []
        assert {stored.order.id for stored in work.orders.all()} == set(orders)


def test_documents_of_an_older_state_are_read(new_url: str) -> None:
    """Products on all sides and changes with their values come back as the program keeps them."""
    state_at(new_url, "0014")
    numbers = [str(number) for number in range(PAGE * 5 + 1)]
    alike = FULL | {"name_ru": FULL["name"], "keywords_ru": ""}
    old = older_documents(alike)
    made = {name: {"old": None, "new": encode(FIELDS[name], value)} for name, value in alike.items()}
    moved = {name: part | {"edited": True, "sent": part["new"]} for name, part in made.items()}
    removed = {"status": {"old": "on_display", "new": "deleted"}}
    engine = make_engine(new_url)
    with engine.begin() as connection:

        def insert(table: str, columns: str, *rows: tuple[object, ...]) -> None:
            names = columns.split(", ")
            marks = ", ".join(f":{name}" for name in names)
            statement = text(f"INSERT INTO {table} ({columns}) VALUES ({marks})")  # noqa: S608
            connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])

        both = "object, good_id, price_stock, content"
        insert("desired", f"{both}, title", *(("shop", number, *old, "") for number in numbers))
        insert("sent", f"{both}, at, echo", ("shop", "0", *old, NOON.isoformat(), old.content))
        facts = "prom_id, look, deleted, available"
        insert("existing", f"{both}, {facts}", ("shop", "0", *old, "55", 1, False, True))
        insert("refusals", f"{both}, at, reasons", ("shop", "0", *old, NOON.isoformat(), ""))
        goods = "object, good_id, row_hash, row_status, reason, line, clean, content_clean, model, variant"
        seen = ("shop", "0", 1, "in", "", 0, False, False, *[0] * 5)
        insert("goods", f"{goods}, section, traits, content_hash", seen)
        insert("plans", "number, object, made", (1, "shop", NOON.isoformat()))
        changes: list[tuple[object, ...]] = [
            (1, 1, "0", "create", "import", made),
            (1, 2, "0", "update", "import", moved),
            (1, 3, "0", "remove", "edit", removed),
        ]
        columns = "plan, seq, good_id, verb, via, fields, prom_id, title, reasons"
        insert("changes", columns, *((*row[:5], json.dumps(row[5]), "", "", "") for row in changes))
    engine.dispose()
    with closing(open_store(new_url)) as store, store.transaction("shop") as work:
        dossier = work.products.dossier("0")
        assert dossier.desired is not None
        assert dossier.sent is not None
        assert dossier.existing is not None
        sides = (dossier.desired.values, dossier.sent.values, dossier.existing.values)
        assert sides == (alike, alike, alike)
        assert dossier.sent.echo == {name: value for name, value in alike.items() if name not in PRICE_STOCK}
        assert work.products.refused(["0"]) == {"0": alike}
        creation, update, removal = (item.change.fields for item in work.plans.changes(1))
        assert creation == {name: FieldChange(None, value) for name, value in alike.items()}
        assert update == {name: FieldChange(None, value, True, value) for name, value in alike.items()}
        assert removal == {"status": FieldChange("on_display", "deleted")}
        stored = work.connection.execute(text("SELECT DISTINCT price_stock, content FROM desired"))
        assert [tuple(row) for row in stored] == [keep(alike)]


def older_documents(values: Mapping[str, Value]) -> StoredProduct:
    """Return the documents of a product as they were before schema 0015."""
    old: tuple[dict[str, object], dict[str, object]] = ({}, {})
    for name, value in values.items():
        old[name not in PRICE_STOCK][name] = encode(FIELDS[name], value)
    return StoredProduct(*map(write_json, old))


@given(any_values())
def test_a_document_becomes_the_text_that_the_program_writes(values: dict[str, Value]) -> None:
    """Whatever the values: documents are compared as texts, so another text would be another product."""
    migrated = (v0015_documents._document(json.loads(old)) for old in older_documents(values))
    assert tuple(migrated) == keep(values)


# The copy before a migration


def test_a_later_migration_keeps_the_rows(home: Path, later: Migrations) -> None:
    """Rows are migrated in the same transaction, and the program reads them."""
    with closing(open_store(url_of(home), migrations=later)) as store, store.transaction("shop") as work:
        assert work.object_state.current_look() == 1
    assert schema_of(home) == NEXT
    with database(home) as connection:
        assert connection.execute("SELECT later FROM objects").fetchall() == [(1,)]


def test_a_state_is_copied_before_it_is_changed(home: Path, later: Migrations) -> None:
    """The copy has the old schema and its rows, those of the write-ahead log too; one line reports it."""
    lines: list[str] = []
    with closing(sqlite3.connect(home / "state.db")) as other:
        other.execute("UPDATE objects SET look = 4")
        other.commit()  # so far it is in the log alone
        open_store(url_of(home), lines.append, later).close()
    assert lines == [f"the state is updated from schema {NEWEST} to {NEXT}; the old one is kept as `{COPY}`"]
    assert schema_of(home, COPY) == NEWEST
    with database(home, COPY) as copy:
        assert copy.execute("SELECT look FROM objects").fetchone() == (4,)
    assert sorted(path.name for path in home.iterdir()) == ["state.db", COPY]


def test_a_copy_replaces_one_that_was_cut_off(home: Path, later: Migrations) -> None:
    """Neither half a copy nor an earlier one of the same name is an obstacle."""
    (home / f".{COPY}.tmp").write_text("half")
    (home / COPY).write_text("of another time")
    open_store(url_of(home), migrations=later).close()
    assert schema_of(home, COPY) == NEWEST
    assert not (home / f".{COPY}.tmp").exists()


def test_three_copies_are_kept(home: Path, later: Migrations) -> None:
    """The oldest by time are deleted, whatever their names."""
    for age, schema in enumerate(["0005", "0003", "0004"]):
        path = home / f"state.db.{schema}.bak"
        path.write_text("old")
        os.utime(path, (1000 - age, 1000 - age))
    open_store(url_of(home), migrations=later).close()
    copies = ["state.db.0003.bak", "state.db.0005.bak", COPY]
    assert sorted(path.name for path in home.glob("*.bak")) == copies


def test_no_migration_without_a_copy(home: Path, later: Migrations) -> None:
    """Where the copy cannot be written, the state stays as it was, and the error says why."""
    (home / COPY).mkdir()
    with pytest.raises(TorgsyncError, match="no copy of it could be made: Is a directory") as caught:
        open_store(url_of(home), migrations=later)
    assert str(home) in (caught.value.hint or "")
    assert schema_of(home) == NEWEST
    assert not (home / f".{COPY}.tmp").exists()
    (home / COPY).rmdir()
    open_store(url_of(home), migrations=later).close()


def test_a_migration_without_a_copy_is_logged(
    home: Path, later: Migrations, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A database without a file of its own, as in memory, is not copied, and the log says so."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        assert back_up(connection, NEWEST) is None
    engine.dispose()
    monkeypatch.setattr("torgsync.state.schema.upgrade.back_up", lambda _connection, _schema: None)
    with caplog.at_level("INFO", "torgsync"):
        open_store(url_of(home), migrations=later).close()
    assert f"the state is updated from schema {NEWEST} to {NEXT}; no copy of it was made" in caplog.messages

"""What the state's schema promises: migrations make exactly the tables that the code speaks of."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from builders import order
from pydantic import TypeAdapter
from sqlalchemy import create_engine, text

from torgsync.core.orders.clients import Contact
from torgsync.core.orders.order import Order
from torgsync.core.plan.diff import Sent
from torgsync.core.product.fields import Value
from torgsync.core.product.products import Existing, Product
from torgsync.errors import TorgsyncError
from torgsync.state.orders.orders import Phase
from torgsync.state.schema.backups import back_up
from torgsync.state.schema.tables import metadata
from torgsync.state.store import MIGRATIONS, SCHEMA, open_store


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'state.db'}"


def test_migrations_make_the_tables(tmp_path: Path) -> None:
    """After opening, nothing is left for a new migration to do: names, types, indexes and all."""
    open_store(url_of(tmp_path)).close()
    engine = create_engine(url_of(tmp_path))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == SCHEMA
    engine.dispose()


def test_the_schema_is_the_newest_migration() -> None:
    """The number that saves loading Alembic is that of the folder's one head."""
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [SCHEMA]


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    """What was remembered is there after the next opening."""
    first = open_store(url_of(tmp_path))
    with first.transaction("shop") as work:
        assert work.object_state.begin_look() == 1
    first.close()
    again = open_store(url_of(tmp_path))
    with again.transaction("shop") as work:
        assert work.object_state.current_look() == 1
    again.close()


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """An older program never touches what a newer one wrote; the way on is said."""
    open_store(url_of(tmp_path)).close()
    engine = create_engine(url_of(tmp_path))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(TorgsyncError, match=r"newer torgsync \(schema 9999, this one knows") as caught:
        open_store(url_of(tmp_path))
    assert caught.value.hint == "update this program: `pip install --upgrade torgsync`"


def test_half_a_migration_leaves_nothing(tmp_path: Path) -> None:
    """A schema that cannot be made whole is not made at all."""
    engine = create_engine(url_of(tmp_path))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE runs (id INTEGER)"))
    with pytest.raises(TorgsyncError, match="runs already exists"):
        open_store(url_of(tmp_path))
    with engine.connect() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars()
        assert list(tables) == ["runs"]
    engine.dispose()


def test_a_place_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    """A missing folder is an error that says where to look."""
    with pytest.raises(TorgsyncError, match="the state cannot be opened: unable to open") as caught:
        open_store(url_of(tmp_path / "missing"))
    assert caught.value.hint is not None
    assert "TORGSYNC_STATE" in caught.value.hint


def test_a_file_of_another_kind_is_told(tmp_path: Path) -> None:
    """What is no database is never written to."""
    (tmp_path / "state.db").write_text("not a database " * 100)
    with pytest.raises(TorgsyncError, match="the state cannot be opened: file is not a database"):
        open_store(url_of(tmp_path))
    assert (tmp_path / "state.db").read_text() == "not a database " * 100


@pytest.mark.parametrize(
    ("url", "message", "hint"),
    [
        ("rubbish", "Could not parse SQLAlchemy URL", "TORGSYNC_STATE"),
        ("sqlite+nosuch://", "Can't load plugin", "TORGSYNC_STATE"),
        ("postgresql://127.0.0.1:1/nothing-listens-here", "the state cannot be opened", ""),
        ("mysql+pymysql://shop.example/state", "No module named", "pip install"),
    ],
)
def test_an_address_of_no_state_is_told(url: str, message: str, hint: str) -> None:
    """A URL that names no database, or one whose driver is missing, ends in a sentence and a way on."""
    with pytest.raises(TorgsyncError, match=re.escape(message)) as caught:
        open_store(url)
    assert caught.value.hint is not None
    assert hint in caught.value.hint


ROWS_OF_0001 = (
    "INSERT INTO objects (object, settings, look) VALUES ('shop', 'f', 3)",
    """INSERT INTO goods (object, good_id, digest, standing, reason, line, settled)
    VALUES ('shop', '17', -5, 'in', '', 2, true)""",
    """INSERT INTO findings (object, good_id, code, message, line, name, value)
    VALUES ('shop', '17', 'name-cut', 'cut', 2, 'GoodName', 'x')""",
    """INSERT INTO existing (object, prom_id, good_id, doc, look)
    VALUES ('shop', '1', '17', '{"presence":"available","status":"deleted"}', 3)""",
    """INSERT INTO existing (object, prom_id, good_id, doc, look)
    VALUES ('shop', '2', '17', '{"presence":"available","status":"on_display"}', 3)""",
)
"""What the first program may have remembered."""

ROWS_OF_0002 = (
    """INSERT INTO goods (object, good_id, digest, standing, reason, line, settled, model)
    VALUES ('shop', '17', 5, 'in', '', 2, true, 501)""",
    """INSERT INTO desired (object, good_id, doc)
    VALUES ('shop', '17', '{"characteristics":[],"name":"Капці","price":"9.50"}')""",
    """INSERT INTO desired (object, good_id, doc) VALUES ('shop', '18', '{"name_ru":"Тапки"}')""",
    """INSERT INTO sent (object, good_id, doc, echo, at)
    VALUES ('shop', '17', '{"gtin":"A","quantity":4}', '{"name":"Кап"}',
    '2026-03-02T10:00:00.000000+00:00')""",
    """INSERT INTO existing (object, prom_id, good_id, doc, modified, look, deleted, available)
    VALUES ('shop', '1', '17', '{"name":"Кап","status":"on_display"}', NULL, 3, false, true)""",
    """INSERT INTO refusals (object, good_id, doc, message, at)
    VALUES ('shop', '17', '{"characteristics":[],"name":"Капці","price":"9.50"}', 'no',
    '2026-03-02T10:00:00.000000+00:00')""",
)
"""What the second program may have remembered."""


def make_old(folder: Path, schema: str, rows: Sequence[str]) -> None:
    """Make a state of an older program, with rows in it."""
    engine = create_engine(url_of(folder))
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, schema)
        for statement in rows:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_a_state_with_rows_comes_through_every_migration(tmp_path: Path) -> None:
    """What the first schema remembered is there; products are counted as before, and rows are read anew."""
    make_old(tmp_path, "0001", ROWS_OF_0001)
    store = open_store(url_of(tmp_path))
    with store.transaction("shop") as work:
        assert work.object_state.current_look() == 3
        assert (work.existing.existing_count(), work.existing.in_stock_count()) == (1, 1)
        assert [finding.file for finding in work.rows.findings()] == [""]
        assert work.rows.row_hashes() == set()
        assert list(work.rows.rows_marked({0})) == ["17"]
        assert [known.good_id for page in work.products.dirty() for known in page] == ["17"]
    store.close()


def test_products_are_the_same_in_two_documents(tmp_path: Path) -> None:
    """What was desired, sent, shown and refused is told as before, more of it than fits a page."""
    insert = "INSERT INTO sent (object, good_id, doc, echo, at) VALUES ('shop', 'x%d', '{}', '{}', '')"
    many = [insert % number for number in range(1001)]
    make_old(tmp_path, "0002", [*ROWS_OF_0002, *many])
    store = open_store(url_of(tmp_path))
    with store.transaction("shop") as work:
        told = work.products.dossier("17")
        wanted: dict[str, Value] = {"characteristics": (), "name": "Капці", "price": Decimal("9.50")}
        assert told.desired == Product("17", wanted)
        assert told.sent == Sent({"gtin": "A", "quantity": 4}, {"name": "Кап"})
        assert told.existing == Existing("1", "17", {"name": "Кап", "status": "on_display"})
        assert told.refusal is not None
        assert told.refusal.values == wanted
        assert work.products.known(["17"])["17"].refused
        assert len(work.existing.unseen(4)) == 1002
        work.rows.mark_dirty(["17"], content=False)
        assert [[known.title for known in page] for page in work.products.dirty()] == [["Капці"]]
    store.close()
    engine = create_engine(url_of(tmp_path))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        titles = connection.execute(text("SELECT title FROM desired ORDER BY good_id")).scalars().all()
        assert titles == ["Капці", "Тапки"]
    engine.dispose()


ROWS_OF_0005 = (
    """INSERT INTO orders (object, order_id, version, status, created, doc, client_id, file, held)
    VALUES ('shop', '1', 1, 'paid', '2026-03-02T10:00:00.000000+00:00', '{}', 1, 'order-1.json', NULL)""",
    """INSERT INTO orders (object, order_id, version, status, created, doc, client_id, file, held)
    VALUES ('shop', '2', 1, 'paid', '2026-03-02T10:00:00.000000+00:00', '{}', NULL, NULL, NULL)""",
    """INSERT INTO clients (id, object, name, phone, email, made) VALUES (1, 'shop', 'Вигадана  Олена',
    '+380500000001', 'o@shop.example', '2026-03-02T10:00:00.000000+00:00')""",
    """INSERT INTO clients (id, object, name, phone, email, made) VALUES (2, 'shop', '',
    'увечері', '', '2026-03-02T10:00:00.000000+00:00')""",
    """INSERT INTO postings (object, order_id, kind, place, account, payment_id, payment_name, amount,
    currency, at) VALUES ('shop', '1', 'expected', 'unmapped', '', '9', 'Картка', '200.00', 'UAH',
    '2026-03-02T10:00:00.000000+00:00')""",
)
"""What the fifth program may have remembered of orders."""


@pytest.mark.parametrize("more", [0, 1000])
def test_clients_are_recognised_as_before(tmp_path: Path, more: int) -> None:
    """Files that were written lie in the outbox, money is dated by when it was posted, names have no case."""
    insert = "INSERT INTO clients (id, object, name, phone, email, made) VALUES (%d, 'other', '', '', '', '')"
    make_old(tmp_path, "0005", [*ROWS_OF_0005, *(insert % number for number in range(3, 3 + more))])
    engine = create_engine(url_of(tmp_path))
    with engine.begin() as connection:
        doc = TypeAdapter(Order).dump_json(order()).decode()
        old = {key: value for key, value in json.loads(doc).items() if key not in NEW_IN_AN_ORDER}
        connection.execute(text("UPDATE orders SET doc = :doc"), {"doc": json.dumps(old)})
    engine.dispose()
    store = open_store(url_of(tmp_path))
    with store.transaction("shop") as work:
        assert work.clients.everybody() == {
            Contact("phone", "+380500000001"): {"1"},
            Contact("email", "o@shop.example"): {"1"},
            Contact("name", "вигадана олена"): {"1"},
        }
        (lying,) = work.orders.lying()
        assert (lying.order, lying.file, lying.phase) == (order(), "order-1.json", Phase.WRITTEN)
        assert len(work.orders.unwritten()) == 1
        (posting,) = work.payments.postings()
        assert posting.at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    store.close()


def test_an_older_program_told_what_torgsoft_has(tmp_path: Path) -> None:
    """A file that lies there is as old as it is, one that was taken asks for nothing; no money was lost."""
    doc = TypeAdapter(Order).dump_json(order()).decode()
    insert = """INSERT INTO orders (object, order_id, version, status, created, doc, file, held, phase,
    written) VALUES ('shop', '%s', 2, 'paid', '', '', %s, %s, %s, '2026-03-02T11:00:00.000000+00:00')"""
    rows = [
        insert % row
        for row in (
            ("1", "'f'", "NULL", "'written'"),
            ("2", "'f'", "NULL", "'taken'"),
            ("3", "NULL", "'order 3: no id'", "NULL"),
            ("4", "NULL", "'it was placed before 2026-01-01'", "NULL"),
        )
    ]
    insert = """INSERT INTO order_versions (object, order_id, version, seen, doc)
    VALUES ('shop', '1', %d, '2026-03-02T%s:00:00.000000+00:00', '')"""
    rows += [insert % row for row in ((1, "10"), (2, "12"))]
    insert = """INSERT INTO postings (object, order_id, kind, place, account, payment_id, payment_name,
    amount, currency, happened, at) VALUES ('shop', '%s', '%s', '%s', '', '9', 'Картка', '200.00', 'UAH',
    '2026-03-02T10:00:00.000000+00:00', '2026-03-02T%s:00:00.000000+00:00')"""
    rows += [
        insert % row
        for row in (
            ("1", "expected", "unmapped", "10"),
            ("1", "reversed", "unmapped", "11"),
            ("1", "expected", "cash_register", "11"),
            ("2", "expected", "unmapped", "10"),
            ("2", "reversed", "unmapped", "11"),
        )
    ]
    make_old(tmp_path, "0008", rows)
    engine = create_engine(url_of(tmp_path))
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE orders SET doc = :doc, created = '2026-03-02T10:00:00.000000+00:00'"), {"doc": doc}
        )
    engine.dispose()
    store = open_store(url_of(tmp_path))
    with store.transaction("shop") as work:
        assert [stored.filed for stored in work.orders.lying()] == [1]
        taken = work.orders.order("2")
        assert taken is not None
        assert (taken.filed, taken.by_hand) == (2, None)
        assert [stored.held for stored in work.orders.waiting()] == ["order 3: no id"]
        kinds = [str(posting.kind) for posting in work.payments.postings()]
        assert kinds == ["expected", "moved", "expected", "expected", "reversed"]
    store.close()


NEW_IN_AN_ORDER = {
    "recipient", "carrier", "promo_code", "promotion", "free_delivery", "commission", "commission_returned",
    "cancelled_because", "paid_at", "forgotten",
}  # fmt: skip
# The copy before a migration

OLDER = ["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008"]


@pytest.mark.parametrize("schema", OLDER)
def test_an_older_state_is_copied_before_it_is_changed(tmp_path: Path, schema: str) -> None:
    """The copy has the old schema and its rows, those of the write-ahead log too; one line tells of it."""
    make_old(tmp_path, "0001", ROWS_OF_0001)
    make_old(tmp_path, schema, ())
    kept_open = sqlite3.connect(tmp_path / "state.db")
    kept_open.execute("PRAGMA journal_mode = WAL")
    kept_open.execute("UPDATE objects SET look = 4")
    kept_open.commit()  # so far it is in the log alone
    told: list[str] = []
    open_store(url_of(tmp_path), told.append).close()
    kept_open.close()
    copy = tmp_path / f"state.db.{schema}.bak"
    assert told == [f"the state is brought from schema {schema} to {SCHEMA}; the old one is `{copy.name}`"]
    with closing(sqlite3.connect(copy)) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchone() == (schema,)
        assert old.execute("SELECT look FROM objects").fetchone() == (4,)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["state.db", copy.name]
    told.clear()
    open_store(url_of(tmp_path), told.append).close()
    assert told == []


def test_every_older_schema_is_tried() -> None:
    """The list above is that of the folder, without the newest."""
    revisions = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    assert sorted(each.revision for each in revisions) == [*OLDER, SCHEMA]


def test_a_copy_takes_the_place_of_what_was_left_half_made(tmp_path: Path) -> None:
    """A copy that was cut off is no obstacle."""
    make_old(tmp_path, "0006", ())
    (tmp_path / ".state.db.0006.bak.tmp").write_text("half")
    (tmp_path / "state.db.0006.bak").write_text("of another time")
    open_store(url_of(tmp_path)).close()
    with closing(sqlite3.connect(tmp_path / "state.db.0006.bak")) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchone() == ("0006",)
    assert not (tmp_path / ".state.db.0006.bak.tmp").exists()


def test_three_copies_are_kept(tmp_path: Path) -> None:
    """The oldest go, whatever they are called."""
    for age, schema in enumerate(["0005", "0003", "0004"]):
        path = tmp_path / f"state.db.{schema}.bak"
        path.write_text("old")
        os.utime(path, (1000 - age, 1000 - age))
    make_old(tmp_path, "0006", ())
    open_store(url_of(tmp_path)).close()
    assert sorted(path.name for path in tmp_path.glob("*.bak")) == [
        "state.db.0003.bak",
        "state.db.0005.bak",
        "state.db.0006.bak",
    ]


def test_no_migration_without_a_copy(tmp_path: Path) -> None:
    """Where it cannot be written, the state stays as it was, and the error says why."""
    make_old(tmp_path, "0006", ())
    (tmp_path / "state.db.0006.bak").mkdir()
    with pytest.raises(TorgsyncError, match="no copy of it could be made: Is a directory") as caught:
        open_store(url_of(tmp_path))
    assert caught.value.hint is not None
    assert str(tmp_path) in caught.value.hint
    with closing(sqlite3.connect(tmp_path / "state.db")) as state:
        assert state.execute("SELECT version_num FROM alembic_version").fetchone() == ("0006",)
    assert not (tmp_path / ".state.db.0006.bak.tmp").exists()
    (tmp_path / "state.db.0006.bak").rmdir()
    open_store(url_of(tmp_path)).close()


def test_a_state_without_a_file_has_no_copy() -> None:
    """One in memory has nothing beside which it could lie."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        assert back_up(connection, "0006") is None
    engine.dispose()


def test_that_none_was_made_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Of a database that has no file of its own, the log says that nothing was copied."""
    make_old(tmp_path, "0006", ())
    monkeypatch.setattr("torgsync.state.store.back_up", lambda _connection, _schema: None)
    with caplog.at_level("INFO", "torgsync"):
        open_store(url_of(tmp_path)).close()
    assert f"the state is brought from schema 0006 to {SCHEMA}; no copy of it was made" in caplog.messages

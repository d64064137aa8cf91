"""Connects to a state on a server, PostgreSQL: with few connections, each transaction begun by one message.

All of this is tested where PostgreSQL is installed, and counts as covered elsewhere.
"""

from __future__ import annotations

import atexit
import threading
from typing import Any

import xxhash
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from torgsync.state.begin import BEGIN, Begin, contact_of

CONNECTIONS = 5
"""Connections that are kept open by a process; as many more are opened while they are needed."""
_CONNECTING = 10
"""Seconds to wait for a connection."""
OPTIONS = {
    "connect_timeout": _CONNECTING,
    "keepalives_idle": 30,  # a connection without an answer is given up after a minute
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "fallback_application_name": "torgsync",
}
"""What an address, or the variables of libpq, may say otherwise."""
_KEEP_ALIVE = "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"
"""Has the server notice within a minute that this computer is gone: until then it holds its turn."""
_LONGEST = "10min"
"""How long one statement of an ordinary transaction may take."""
_SILENT = "5min"
"""How long an ordinary transaction may be open without a statement."""

_engines: dict[URL, Engine] = {}
_lock = threading.Lock()


def is_server(engine: Engine) -> bool:
    """Return whether an engine's database is on a server."""
    return engine.dialect.name == "postgresql"


def server_engine(address: URL, patience: int) -> Engine:  # pragma: no cover  # see the top
    """Return the engine of this process for an address; one waits `patience` seconds for a connection."""
    with _lock:
        if not _engines:
            atexit.register(close_all)
        if address not in _engines:
            _engines[address] = _new_engine(address, patience)
        return _engines[address]


def close_all() -> None:  # pragma: no cover  # see the top
    """Close all connections that no transaction has, and forget their servers."""
    with _lock:
        while _engines:
            _, engine = _engines.popitem()
            engine.dispose()


def _new_engine(address: URL, patience: int) -> Engine:  # pragma: no cover  # see the top
    from psycopg import Cursor  # noqa: PLC0415  # an extra

    class PlainCursor(Cursor[Any]):
        """A cursor that never prepares the beginning of a transaction, which is several statements."""

        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:  # noqa: ANN401  # as given
            """Execute a query."""
            if query.startswith("BEGIN"):
                options["prepare"] = False
            return super().execute(query, params, **options)

    options = {name: value for name, value in OPTIONS.items() if name not in address.query}
    engine = create_engine(
        address,
        hide_parameters=True,  # people must not get into messages
        connect_args={**options, "cursor_factory": PlainCursor},
        pool_size=CONNECTIONS,
        max_overflow=CONNECTIONS,
        pool_timeout=patience,
        pool_use_lifo=True,
        use_native_hstore=False,
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "engine_disposed", _forget)
    return engine


def _set_up(connection: Any, _entry: ConnectionPoolEntry) -> None:  # noqa: ANN401  # pragma: no cover
    # The driver would send its own BEGIN; ours says more in the same message.
    connection.autocommit = True
    connection.execute(_KEEP_ALIVE)


def _forget(engine: Engine) -> None:  # pragma: no cover  # see the top
    contact_of(engine).checked = None


def _begin(connection: Connection) -> None:  # pragma: no cover  # see the top
    """Begin a transaction. It is also how a connection that was lost is noticed before anything is done."""
    statement = begin_statement(connection.info.get(BEGIN, Begin()))
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def begin_statement(begin: Begin) -> str:
    """Return the statements by which a transaction begins."""
    limits = {
        "lock_timeout": f"{begin.patience}s",
        "statement_timeout": "0" if begin.long else _LONGEST,
        "idle_in_transaction_session_timeout": "0" if begin.long else _SILENT,
    }
    parts = [
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if begin.looks else "BEGIN",
        *(f"SET LOCAL {name} = '{value}'" for name, value in limits.items()),
    ]
    if begin.turn is not None and not begin.looks:
        parts.append(_turn_statement(begin.turn))
    return "; ".join(parts)


def take_turn(connection: Connection, turn: str) -> None:
    """Wait for one more turn within a transaction, which has it until it ends.

    A database that is a file has one transaction that writes anyway.
    """
    if is_server(connection.engine):  # pragma: no cover  # see the top
        connection.exec_driver_sql(_turn_statement(turn))


def _turn_statement(turn: str) -> str:
    return f"SELECT pg_advisory_xact_lock({_number(turn)})"


def _number(turn: str) -> int:
    """Return the number of a turn among the locks of the database, which are signed."""
    return xxhash.xxh3_64_intdigest(f"torgsync/{turn}".encode()) - 2**63

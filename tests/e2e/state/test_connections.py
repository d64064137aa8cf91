"""A server of the state that goes away, refuses or forbids: worded with the way on, nothing is done twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import stamina
from faulty import Answer, Asked, FaultyServer, Kills
from homes import Home, invented_shop
from matrix import sampled
from postgres import Cluster, cluster, missing
from proxies import Proxy
from sqlalchemy import Engine, event

from torgsync.errors import Exit
from torgsync.sandbox.faults import Forward
from torgsync.state import begin, server
from torgsync.state.server import close_all
from torgsync.state.store import open_store

PASSWORD = "vyhadanyi-parol"  # of no real server
STATEMENTS = 240
"""Statements and commits of a run that finds nothing to do: each is a way to the server and back."""


@pytest.fixture(scope="module")
def own() -> Iterator[Cluster]:
    """A server that tests may restart, with a database `state` that has its tables."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    with cluster() as started:
        open_store(started.create("state")).close()
        started.execute(
            f"CREATE ROLE locked LOGIN PASSWORD '{PASSWORD}'",
            "CREATE ROLE encrypted LOGIN",
            "CREATE ROLE crowded LOGIN CONNECTION LIMIT 0",
            "CREATE ROLE reader LOGIN",
            "CREATE ROLE standby LOGIN SUPERUSER",
            "ALTER ROLE standby SET default_transaction_read_only = on",
        )
        rules = ("host all locked %s scram-sha-256", "hostnossl all encrypted %s reject")
        started.allow(*(rule % "127.0.0.1/32" for rule in rules))
        yield started


@pytest.fixture(autouse=True)
def _real_pauses() -> Iterator[None]:
    """Wait between two tries: a server needs a moment to start."""
    with stamina.set_testing(False):
        yield
    close_all()


def use(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("TORGSYNC_STATE", url)


def leave_dead(own: Cluster) -> None:
    """Give all leases to a process that does not run: the next run of a test is in the same process."""
    own.execute("UPDATE leases SET pid = 4194305", database="state")  # no system assigns it


def second_day(folder: Path, faulty: FaultyServer) -> Home:
    """Return a home with something to create, to edit and to remove, and an order to bring home."""
    home = Home.of_example(folder, faulty)
    assert home.sync().code == 0
    home.next_day()
    assert home.sandbox.add_product(None, name="Чужий")
    home.edit_object('foreign = "keep"', 'foreign = "delete"')
    home.sandbox.place_order([("26901", 1)])
    return home


def contents(home: Home) -> dict[str | None, tuple[object, ...]]:
    """What buyers see, keyed by external id."""
    return {
        product.external_id: (product.price, product.presence, product.quantity_in_stock, product.status)
        for product in home.sandbox.products()
    }


def order_files(home: Home) -> list[str]:
    return sorted(path.name for path in (home.folder / "outbox").rglob("*.json"))


Calm = tuple[dict[str | None, tuple[object, ...]], int, int, int]


@pytest.fixture(scope="module")
def calm(own: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Calm:
    """The shop after an undisturbed second day, its imports, its requests and the commits of the run."""
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        FaultyServer(invented_shop()) as faulty,
        Proxy(own.port) as proxy,
    ):
        use(monkeypatch, proxy.behind(own.empty("state")))
        home = second_day(tmp_path_factory.mktemp("calm"), faulty)
        home.sandbox.log.clear()
        proxy.seen = 0
        assert home.sync().code == Exit.HELD  # no cash register is chosen for the order's payment
        assert len(order_files(home)) == 1
        return contents(home), len(home.sandbox.imports()), len(home.sandbox.log.records()), proxy.seen


COMMITS = 100
"""Commits of the run, as a round number below."""
REQUESTS = 12
BREAKS = [(nth, nth // 2 % 2 == 1) for nth in range(1, COMMITS + 1)]
"""At each commit, before its effect or after it: one of two neighbours, as they often belong together."""


def test_the_points_are_all_there(calm: Calm) -> None:
    """A connection breaks at every commit of the run, and the server is restarted at every request."""
    _, _, requests, commits = calm
    assert requests == REQUESTS
    assert COMMITS <= commits < COMMITS * 1.3


@pytest.mark.parametrize(("nth", "after"), sampled(BREAKS, (9, False), (42, True)))
def test_a_connection_that_breaks_at_a_commit(
    nth: int,
    after: bool,
    own: Cluster,
    tmp_path: Path,
    faulty: FaultyServer,
    calm: Calm,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The run ends with exit code 5 and repeats nothing blindly; the next one finds out what became of it."""
    wanted, imports, _, _ = calm
    state = own.empty("state")
    use(monkeypatch, state)
    home = second_day(tmp_path, faulty)
    with Proxy(own.port) as proxy:
        use(monkeypatch, proxy.behind(state))
        proxy.seen, proxy.nth, proxy.after = 0, nth, after
        ran = home.run("sync", "--yes")
        assert proxy.seen >= nth
    assert ran.code in {Exit.TEMPORARY, Exit.HELD}
    if ran.code == Exit.TEMPORARY:
        assert "broke while something was being saved" in ran.err
        assert "hint: run the same command again: it first looks up" in ran.err
    use(monkeypatch, state)
    leave_dead(own)
    later = datetime.now(UTC) + timedelta(minutes=31)
    again = home.run("sync", "--yes", now=later)
    assert again.code == Exit.HELD
    assert (contents(home), len(home.sandbox.imports()), len(order_files(home))) == (wanted, imports, 1)
    home.sandbox.log.clear()
    assert (home.sync().code, home.writes()) == (Exit.HELD, [])
    assert own.execute("SELECT id FROM runs WHERE finished IS NULL", database="state") == []


@pytest.mark.parametrize("nth", sampled(range(1, REQUESTS + 1), 4, 9))
def test_a_server_that_is_restarted(
    nth: int, own: Cluster, tmp_path: Path, faulty: FaultyServer, calm: Calm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed and started again between two units of work, it is waited for: the run ends well."""
    use(monkeypatch, own.empty("state"))
    home = second_day(tmp_path, faulty)
    count = 0

    def restart(call: Asked, forward: Forward) -> Answer:
        nonlocal count
        count += 1
        answer = forward(call.body)
        if count == nth:
            own.restart()
        return answer

    faulty.misbehave("ANY /", restart)
    assert home.sync().code == Exit.HELD
    assert count >= nth
    faulty.behave()
    assert (contents(home), len(home.sandbox.imports()), len(order_files(home))) == (*calm[:2], 1)
    home.sandbox.log.clear()
    assert (home.sync().code, home.writes()) == (Exit.HELD, [])


def test_a_server_that_ends_a_connection(own: Cluster, filled_on: Home) -> None:
    """An administrator who ends all connections disturbs no run that is between two units of work."""

    def end(call: Asked, forward: Forward) -> Answer:
        own.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'state'")
        return forward(call.body)

    filled_on.next_day()
    filled_on.sandbox.faults.add_hook("ANY *", end)
    assert filled_on.sync().code == 0


def test_a_server_that_stays_away(own: Cluster, filled_on: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up after a while, in both languages; what was sent is found out by the next run."""
    monkeypatch.setattr(begin, "RECONNECT", 0.5)
    filled_on.next_day()
    with Proxy(own.port) as proxy:
        use(monkeypatch, proxy.behind(os.environ["TORGSYNC_STATE"]))

        def close(call: Asked, forward: Forward) -> Answer:
            proxy.__exit__(None, None, None)
            own.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'state'")
            return forward(call.body)

        filled_on.sandbox.faults.add_hook("POST *", close)
        ran = filled_on.run("sync", "--yes")
        assert (ran.code, "cannot be reached now" in ran.err) == (5, True)
        assert "check whether the server runs" in ran.err
        ran = filled_on.run("--lang", "uk", "sync", "--yes")
        assert (ran.code, "зараз недоступний" in ran.err) == (5, True)
    filled_on.sandbox.faults.clear_hooks()
    use(monkeypatch, own.url("state"))
    leave_dead(own)
    assert filled_on.sync().code == 0
    assert filled_on.sync().json["changes"] == []


@pytest.fixture
def filled_on(own: Cluster, tmp_path: Path, faulty: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The example shop after its first synchronisation, with its state on the server."""
    use(monkeypatch, own.empty("state"))
    home = Home.of_example(tmp_path, faulty)
    assert home.sync().code == 0
    return home


def test_no_transaction_spans_a_request(
    own: Cluster, tmp_path: Path, faulty: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While Prom.ua answers, or lets wait, no connection is in use: a few serve many runs."""
    use(monkeypatch, own.empty("state"))
    in_use: list[int] = []

    def look(call: Asked, forward: Forward) -> Answer:
        in_use.append(sum(engine.pool.checkedout() for engine in server._engines.values()))  # type: ignore[attr-defined]
        return forward(call.body)

    faulty.misbehave("ANY /", look)
    home = second_day(tmp_path, faulty)
    for words in ("sync --yes", "update", "orders fetch", "doctor", "rollback 2 --yes"):
        home.run(*words.split())
    assert len(in_use) > 2 * REQUESTS
    assert set(in_use) == {0}


def test_a_run_that_was_killed_on_another_computer(
    own: Cluster, tmp_path: Path, faulty: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its object is held until the lease has expired by the server's clock; then the next run reconciles."""
    use(monkeypatch, own.empty("state"))
    home = second_day(tmp_path, faulty)
    kills = Kills(1, after=True)
    faulty.misbehave("POST /products/import_file", kills)
    with home.start("sync", "--yes") as process:
        kills.process = process
        process.communicate()
    faulty.behave()
    own.execute("UPDATE leases SET host = 'HOME-PC', machine = 'another'", database="state")
    imports = len(home.sandbox.imports())
    much_later = datetime.now(UTC) + timedelta(minutes=31)
    ran = home.run("sync", "--yes", now=much_later)  # this computer's clock says nothing
    assert (ran.code, "on HOME-PC, process" in ran.err) == (10, True)
    (left,) = own.execute("SELECT expires::timestamptz - now() <= '2 min' FROM leases", database="state")
    assert left == (True,)
    own.execute("UPDATE leases SET expires = '2020-01-01T00:00:00.000000+00:00'", database="state")
    assert home.run("sync", "--yes", now=much_later).code == Exit.HELD
    assert len(home.sandbox.imports()) == imports
    assert own.execute("SELECT id FROM runs WHERE finished IS NULL", database="state") == []
    home.sandbox.log.clear()
    assert (home.sync().code, home.writes()) == (Exit.HELD, [])


REFUSALS = {
    "a wrong password": ("locked:wrong@", "state", 1, "refused to open the state", "сервер відмовив"),
    "no password": ("locked@", "state", 1, "refused to open the state", ""),
    "no such user": ("nobody@", "state", 1, "refused to open the state", ""),
    "no such database": ("postgres@", "nowhere", 1, "refused to open the state", ""),
    "no encryption": (
        "postgres@",
        "state?sslmode=require",
        1,
        "is not encrypted as it must be",
        "зашифроване",
    ),
    "too little encryption": ("encrypted@", "state?sslmode=disable", 1, "is not encrypted as it must be", ""),
    "too many connections": ("crowded@", "state", 5, "cannot be reached now", "зараз недоступний"),
    "no right": ("reader@", "state", 1, "may not read and write the state", "не має права"),
    "only reading": ("standby@", "state", 1, "can be read but not written", "можна прочитати"),
    "a wrong option": ("postgres@", "state?sslmode=perhaps", 1, "cannot be used", ""),
    "an unknown option": ("postgres@", "state?colour=blue", 1, "cannot be used", ""),
    "a password in two places": ("a:b@c@", "state", 1, "more than one `@`", "більше ніж один"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_server_that_refuses(own: Cluster, home: Home, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence with the way on, in both languages, nothing is sent, and no password is shown."""
    user, database, code, said, said_in_ukrainian = REFUSALS[what]
    monkeypatch.setattr(begin, "RECONNECT", 0.2)
    use(monkeypatch, own.url(database).replace("postgres@", user))
    for language, words in (("en", said), ("uk", said_in_ukrainian)):
        ran = home.run("--lang", language, "sync", "--yes")
        error = " ".join(ran.err.split())
        assert (ran.code, words in error, "TORGSYNC_STATE" in error or "%40" in error) == (
            code,
            True,
            True,
        ), error
        assert "Traceback" not in ran.err
        assert "wrong" not in error
    assert home.writes() == []


@pytest.mark.parametrize("host", ["nowhere.invalid", "127.0.0.1:1"])
def test_a_server_that_is_not_there(home: Home, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is unknown, and a port where nothing is, are not tried for long: they may be mistyped."""
    use(monkeypatch, f"postgresql://shop:{PASSWORD}@{host}/state")
    for language in ("en", "uk"):
        ran = home.run("--lang", language, "sync", "--yes")
        assert (ran.code, PASSWORD in ran.err, "TORGSYNC_STATE" in ran.err) == (5, False, True)


def test_a_password_is_shown_nowhere(own: Cluster, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it is in the address or among its options: on no screen, in no document and in no log."""
    own.execute("GRANT ALL ON SCHEMA public TO locked", database="state")
    own.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO locked", database="state")
    own.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO locked", database="state")
    own.empty("state")
    plain = own.url("state").replace("postgres@", "locked@")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    use(monkeypatch, plain)
    assert home.sync().code == 0
    monkeypatch.delenv("PGPASSWORD")
    for url in (plain.replace("@", f":{PASSWORD}@"), f"{plain}?password={PASSWORD}"):
        use(monkeypatch, url)
        for words in ("-vv sync --yes", "doctor", "state check", "state check --format json", "status"):
            ran = home.run(*words.split())
            assert ran.code in {0, Exit.HELD}, (words, ran.err, ran.out)
            assert PASSWORD not in ran.out + ran.err, words
    use(monkeypatch, f"{plain}?password={PASSWORD}&sslmode=require")
    ran = home.run("sync", "--yes")
    assert (ran.code, PASSWORD in ran.err) == (1, False)
    assert PASSWORD.encode() not in home.everything_written()


def test_what_a_run_without_changes_costs(own: Cluster, filled_on: Home) -> None:
    """The statements of an idle run are few, and so are its connections."""
    assert filled_on.sync().code == 0
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_given: object) -> None:
        statements.append(statement)

    def commit(_connection: object) -> None:
        statements.append("COMMIT")

    event.listen(Engine, "before_cursor_execute", note)
    event.listen(Engine, "commit", commit)
    try:
        assert filled_on.run("sync", "--yes").code == 0
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        event.remove(Engine, "commit", commit)
    assert 0 < len(statements) <= STATEMENTS
    query = "SELECT count(*), min(application_name) FROM pg_stat_activity WHERE datname = 'state'"
    assert own.execute(query) == [(1, "torgsync")]

"""What torgsync keeps is for its owner alone; what a person put or named is not touched."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from homes import Home

from torgsync.errors import Exit

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")


def wide(folder: Path) -> set[str]:
    """Return what others may use in a folder, itself included."""
    found = [folder, *folder.rglob("*")]
    return {str(path.relative_to(folder)) for path in found if stat.S_IMODE(path.lstat().st_mode) & 0o077}


def opened(home: Home) -> None:
    """Give everybody every right to a home, as an older version or a copy may have left it."""
    for path in (home.folder, *home.folder.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)


@pytest.fixture
def owned(filled: Home) -> Home:
    """A home with all that torgsync keeps, and an export, photos and a token elsewhere."""
    home, shop = filled, filled.folder.parent / "torgsoft"
    shop.mkdir()
    text = home.object.read_text("utf-8")
    for name in ("TSGoods.trs", "photos", "token"):
        (home.shop / name).rename(shop / name)
        text = text.replace(f'"{name}"', f'"../../torgsoft/{name}"')
    (home.shop / "TSGoods-tomorrow.trs").unlink()
    home.object.write_text(text, "utf-8")
    home.folder.chmod(0o755)  # as an older version made it
    home.shop.chmod(0o755)
    (home.folder / "secrets").mkdir()
    (home.folder / "secrets" / "my-prom").write_text("full", "utf-8")
    assert home.run("object", "edit", "--set", 'api_key.file="../secrets/my-prom"').code == Exit.DONE
    home.sandbox.place_order([("26931", 1)])
    assert home.sync().code == Exit.HELD  # of the payment, which has no place yet
    assert home.run("update", "--out", str(home.folder / "plan.jsonl")).code == Exit.DONE
    (home.folder / "plan.jsonl").rename(home.folder / "logs" / "plan.jsonl")
    return home


@pytest.mark.usefixtures("first_day")  # of which all copy: it is made before
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_what_is_kept_is_private_whatever_the_umask(umask: int, request: pytest.FixtureRequest) -> None:
    """State, secrets, log, plan, feeds, default outbox, objects and their folders."""
    before = os.umask(umask)
    try:
        home: Home = request.getfixturevalue("owned")
        home.run("object", "list")
    finally:
        os.umask(before)
    kept = {path.name for path in home.folder.iterdir()}
    assert {"state.db", "objects", "secrets", "logs", "feeds", "outbox"} <= kept
    assert [*(home.folder / "outbox").rglob("*.json")]
    assert wide(home.folder) == set()


def test_own_files_are_narrowed_at_the_next_call(owned: Home) -> None:
    """Of a home that an older version or a copy left open; what belongs to the owner stays as it is."""
    opened(owned)
    link = owned.folder / "logs" / "link"
    link.symlink_to(owned.folder.parent / "torgsoft" / "TSGoods.trs")
    (owned.folder.parent / "torgsoft" / "TSGoods.trs").chmod(0o666)
    owned.run("object", "list")
    assert wide(owned.folder) == {"logs/link"}
    assert wide(owned.folder.parent / "torgsoft") >= {"TSGoods.trs"}


def test_what_the_owner_put_into_the_home_stays_reachable(filled: Home) -> None:
    """Export and photos next to the objects, a named outbox: neither they nor the way to them is closed."""
    home = filled
    home.run("object", "edit", "--set", 'orders.outbox="../outbox/named"')
    named = home.folder / "outbox" / "named"
    named.mkdir(parents=True)
    home.sandbox.place_order([("26931", 1)])
    opened(home)
    named.chmod(0o775)
    assert home.sync().code == Exit.HELD  # of the payment, which has no place yet
    (order,) = named.iterdir()
    assert stat.S_IMODE(order.stat().st_mode) == 0o664
    left = wide(home.folder)
    assert left >= {".", "objects", "objects/TSGoods.trs", "objects/photos", "outbox", "outbox/named"}
    assert not left & {"state.db", "objects/my-prom.toml", "logs", "logs/torgsync.log", "feeds"}


def test_a_planted_link_is_not_written_through(filled: Home) -> None:
    """In the place of an order file or of the log it is refused, or replaced."""
    home, victim = filled, filled.folder.parent / "victim"
    victim.write_text("mine", "utf-8")
    number = home.sandbox.place_order([("26931", 1)])
    outbox = home.folder / "outbox" / "my-prom"
    outbox.mkdir(parents=True)
    (home.folder / "logs" / "torgsync.log").unlink(missing_ok=True)
    for place in (outbox / f"order-{number}.json.tmp", home.folder / "logs" / "torgsync.log"):
        place.symlink_to(victim)
    ran = home.run("sync", "--yes")
    assert (ran.code, "the log" in ran.err) == (Exit.HELD, True), ran.err
    assert (victim.read_text("utf-8"), (outbox / f"order-{number}.json").is_file()) == ("mine", True)


def test_a_state_behind_a_link_is_named(filled: Home) -> None:
    """A link is not followed to narrow anything, so doctor names its target."""
    state, target = filled.folder / "state.db", filled.folder.parent / "target.db"
    state.rename(target)
    state.symlink_to(target)
    assert "may use" not in filled.run("doctor").out
    target.chmod(0o644)
    assert f"may use `{target}`" in " ".join(filled.run("doctor").out.split())


def test_doctor_names_what_others_may_use(owned: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be narrowed, as on a disk without modes, is a warning with the command for it."""

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    assert "other users of this computer" not in owned.run("doctor").out
    opened(owned)
    monkeypatch.setattr(os, "fchmod", refused)
    ran = owned.run("doctor")
    assert f"chmod -R go-rwx {owned.folder}" in " ".join(ran.out.split())
    assert [line for line in ran.lines if line.startswith("! warning  files ") and "… and " in line]
    monkeypatch.undo()
    (owned.folder / "mine").touch()
    owned.folder.chmod(0o777)
    assert f"may use `{owned.folder}`" in " ".join(owned.run("doctor").out.split())

"""`torgsync object edit` and `remove`: settings change by key, and a person's file stays a person's file."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from homes import Home

from torgsync.cli.base.program import Program

if os.name != "nt":
    from terminals import Typist

SECRET = "invented-secret-7f3a"


def settings(home: Home) -> dict[str, Any]:
    """Return the settings of the sync object."""
    return tomllib.loads(home.object.read_text("utf-8"))


def remarks(text: str) -> list[str]:
    """Every comment of a TOML file, and where the blank lines among them are."""
    found = [line if not line.strip() else line[line.find("#") :] for line in text.split("\n") if "#" in line]
    return [part for part in found if part]


def test_keys_by_name(home: Home) -> None:
    """Old and new are shown as in the file; what a word means is decided by the key.

    Without an export no center and no group is refused.
    """
    home.export.unlink()
    keys = "removal.gone=hide limits.removals=20% accounting_centers.keep=2 accounting_centers.use=2,8,9"
    more = "prices.round=0.99 product_group=1001 accounting_centers.only_in_stock=true fields[0].owner=prom"
    ran = home.run("object", "edit", *(word for key in f"{keys} {more}".split() for word in ("--set", key)))
    assert (ran.code, ran.out.startswith("✗ error    export     there is no file")) == (3, True)
    assert "removal.gone: delete -> hide" in ran.err
    assert "limits.removals: 10% -> 20%" in ran.err
    found = settings(home)
    assert (found["removal"]["gone"], found["limits"]["removals"], found["prices"]["round"]) == (
        "hide",
        "20%",
        0.99,
    )
    assert found["accounting_centers"] == {
        "use": ["2", "8", "9"],
        "only_in_stock": True,
        "only_with_photos": False,
        "respect_display": True,
        "keep": 2,
    }
    assert (found["product_group"], found["fields"][0]["owner"]) == ("1001", "prom")
    assert home.run("object", "edit", "--set", "removal.gone=hide").err == "nothing changed\n"


def test_only_a_removed_table_is_shown(home: Home) -> None:
    """Later tables get other indexes, but are not shown as changed."""
    ran = home.run("object", "edit", "--unset", "fields[1]")
    assert (ran.code, len(ran.err.splitlines())) == (0, 1)
    assert ran.err.startswith("- fields: column = ")
    again = home.run("object", "edit", "--set", 'fields=[{column = "GoodName", to = "name"}]')
    assert again.code == 0
    assert {line[0] for line in again.err.splitlines()} == {"-", "+"}


def test_a_number_where_a_text_should_be(home: Home) -> None:
    """`45` may be a number or a text; where neither will do, the words are about what the key takes."""
    ran = home.run("object", "edit", "--set", "synchronization_times[0].every=45")
    assert (ran.code, '"45" is not an interval such as `30m`, `2h` or `1d`' in ran.err) == (3, True)


def test_flags(home: Home) -> None:
    """The most common settings have their own flags."""
    flags = "--center 8 --only-in-stock --only-with-photos --find-by email --no-create-clients --group Взуття"
    places = "--export new.trs --photos new --photos-url https://new.example"
    edited = home.run("object", "edit", *flags.split(), *places.split())
    failed = [line.split()[2] for line in edited.out.splitlines() if line.startswith("✗")]
    assert (edited.code, failed) == (3, ["photos", "export"])
    found = settings(home)
    assert found["accounting_centers"]["use"] == ["8"]
    assert found["accounting_centers"]["only_in_stock"]
    assert found["accounting_centers"]["only_with_photos"]
    assert found["clients"] == {"find_by": ["email"], "create": False}
    assert found["catalog"]["path"] == str(Path("new.trs").absolute())
    assert found["catalog"]["photos"] == {"folder": str(Path("new").absolute()), "url": "https://new.example"}
    assert home.run("object", "edit", "--group", "").err == "product_group: Взуття -> –\n"
    assert "product_group" not in settings(home)


def test_keys_are_removed(home: Home) -> None:
    """Then the default applies."""
    ran = home.run("object", "edit", "--unset", "limits.removals", "--unset", "synchronization_times[0]")
    assert ran.code == 0
    assert "removals" not in settings(home)["limits"]
    assert not settings(home)["synchronization_times"]
    key = 'catalog.names."Мій код"'
    assert home.run("object", "edit", "--set", f"{key}=GoodID").err == "catalog.names.Мій код: – -> GoodID\n"
    assert home.run("object", "edit", "--unset", key).err == "catalog.names.Мій код: GoodID -> –\n"


@pytest.mark.parametrize(
    ("args", "code", "shown"),
    [
        (("--set", "removal.gone=hidee"), 3, 'removal.gone: "hidee" is not one of'),
        (("--set", "removl.gone=hide"), 3, "removl: there is no such key; did you mean `removal`?"),
        (("--set", "fields[99].owner=prom"), 64, "`fields[99].owner` cannot be set"),
        (("--set", "removal.gone"), 64, "`removal.gone` has no value"),
        (("--set", "a b=1"), 64, "`a b` is not a key"),
        (("--unset", "prices.round"), 64, "`prices.round` is not set"),
        (("--set", "name=Other"), 64, "the name cannot change"),
        (("--unset", "catalog"), 3, "catalog: this key is needed"),
        ((), 64, "nothing to change was given"),
        (("--editor",), 64, "an editor needs a terminal"),
        (("--editor", "--center", "2"), 64, "give either `--editor` or the keys"),
    ],
)
def test_what_would_not_be_valid_changes_nothing(
    home: Home, args: tuple[str, ...], code: int, shown: str
) -> None:
    """The mistake is named with its key, and the file is what it was."""
    before = home.object.read_bytes()
    ran = home.run("object", "edit", *args)
    assert ran.code == code
    assert shown in " ".join(ran.err.split())
    assert home.object.read_bytes() == before


def test_a_file_that_has_a_mistake_already(home: Home) -> None:
    """It is not made worse."""
    home.edit_object('gone = "delete"', 'gone = "delet"')
    assert home.run("object", "edit", "--set", "limits.photos=10%").code == 3


def test_every_command_in_turn_keeps_what_a_person_wrote(home: Home) -> None:
    """Comments, their order, blank lines and the line ends of Windows are there after each of them."""
    home.object.write_bytes(home.object.read_bytes().replace(b"\n", b"\r\n"))
    before = home.object.read_text("utf-8")
    for command in (
        "payments fetch",
        "payments map Накладений|платіж --cash-register Каса|1",
        "fields add Country --to country",
        "fields add Sex --dynamic --name Стать",
        "fields remove Sex",
        "fields remove Country",
        "schedule add --every 2h",
        "schedule add --every 1d --between 09:00-18:00 --days mon-fri --only orders",
        "schedule remove 2",
        "schedule remove 2",
        "object edit --set removal.gone=hide --set accounting_centers.keep=2 --set prices.markup=5%",
        "object edit --set removal.gone=delete --unset accounting_centers.keep --unset prices",
        "object edit --set product_group=Взуття",
        "object edit --unset product_group",
    ):
        ran = home.run(*(word.replace("|", " ") for word in command.split(" ")))
        assert ran.code == 0, command
        text = home.object.read_bytes().decode()
        assert text.count("\n") == text.count("\r\n")
        assert remarks(text.replace("\r\n", "\n")) == remarks(before), command
    text = re.sub(r"\n\[\[payment_methods\]\](\n.+)+\n", "", home.object.read_text("utf-8"))
    assert text.strip().splitlines() == before.strip().splitlines()


@pytest.mark.slow
def test_two_programs_that_edit_at_once_lose_nothing(home: Home) -> None:
    """Each waits for the other."""
    limits = ("removals", "price_drop", "stock_out", "photos", "export_rows")
    running = [
        home.start("object", "edit", "My Prom", "--set", f"limits.{name}={number}%")
        for number, name in enumerate(limits, 11)
    ]
    running += [home.start("fields", "add", name, "--dynamic", "-o", "My Prom") for name in ("Sex", "Season")]
    for process in running:
        _, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
    found = settings(home)
    assert [found["limits"][name] for name in limits] == ["11%", "12%", "13%", "14%", "15%"]
    assert {"Sex", "Season"} <= {field["column"] for field in found["fields"]}


def test_another_token(home: Home) -> None:
    """It is stored where the object keeps it, readable by its owner alone, and is never shown."""
    ran = home.run("object", "edit", "--api-key", "-", stdin=f"{SECRET}\n")
    assert (ran.code, SECRET in ran.err) == (0, False)
    token = home.shop / "token"
    assert token.read_text("utf-8").strip() == SECRET
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    home.edit_object('{ file = "token" }', f'"{SECRET}"')
    again = home.run("object", "edit", "--api-key", f"{SECRET}-2", "--set", "removal.gone=hide")
    assert (again.code, SECRET in again.err) == (0, False)
    assert SECRET not in home.object.read_text("utf-8")
    home.run("object", "edit", "--set", 'api_key={ env = "MY_PROM_TOKEN" }')
    refused = home.run("object", "edit", "--api-key", "x")
    assert refused.code == 64
    assert "is in the environment variable `MY_PROM_TOKEN`" in " ".join(refused.err.split())


def editor(folder: Path, monkeypatch: pytest.MonkeyPatch, *changes: tuple[str, str]) -> None:
    """Have an editor on a terminal make these changes, one each time that it is opened."""
    script = folder / "editor.py"
    script.write_text(
        f"import pathlib, sys\n"
        f"count = pathlib.Path({str(folder / 'opened')!r})\n"
        f"number = int(count.read_text()) if count.exists() else 0\n"
        f"count.write_text(str(number + 1))\n"
        f"before, after = {changes!r}[number]\n"
        f"file = pathlib.Path(sys.argv[1])\n"
        f"file.write_text(file.read_text('utf-8').replace(before, after), 'utf-8')\n",
        "utf-8",
    )
    monkeypatch.setenv("VISUAL", f"python3 {script}")
    monkeypatch.setattr(Program, "asks", True)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
def test_a_person_types_a_token_without_showing_it(home: Home) -> None:
    """On a terminal it is asked for, in the language of the person."""
    with Typist(home, "object", "edit", "--api-key", "-", "--lang", "uk") as person:
        person.answers("Токен Prom.ua", SECRET)
    assert person.code == 0
    assert SECRET not in person.screen
    assert (home.shop / "token").read_text("utf-8") == f"{SECRET}\n"


def test_an_editor(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake is reported with its line, and the file opened again until it is right."""
    wrong, right = ('gone = "delete"', 'gone = "hid"'), ('gone = "hid"', 'gone = "hide"')
    editor(tmp_path, monkeypatch, wrong, right)
    ran = home.run("object", "edit", "--editor", stdin="y\n")
    assert ran.code == 0
    assert 'removal.gone: "hid" is not one of' in " ".join(ran.err.split())
    assert "removal.gone: delete -> hide" in ran.err
    assert settings(home)["removal"]["gone"] == "hide"


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (('gone = "delete"', 'gone = "hid"'), "removal.gone"),
        (('name = "My Prom"', 'name = "Other"'), "the name of a sync object cannot be changed"),
        (('use = ["2", "8"]', 'use = ["2", "9"]'), "the export has no stock for center `9`"),
        (("[removal]", "[removal"), "this is not TOML"),
    ],
)
def test_an_editor_that_is_given_up(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str], shown: str
) -> None:
    """The file stays as it was."""
    before = home.object.read_bytes()
    editor(tmp_path, monkeypatch, change)
    ran = home.run("object", "edit", "--editor", stdin="n\n")
    assert shown in " ".join(ran.err.split())
    assert home.object.read_bytes() == before


def test_an_editor_opens_what_no_command_can_read(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also a file that is no TOML; closing it unchanged changes nothing."""
    home.edit_object("[removal]", "[removal")
    editor(tmp_path, monkeypatch, ("[removal\n", "[removal]\n"), ("x", "x"))
    assert home.run("object", "edit", "--editor").code == 0
    assert home.run("object", "edit", "--editor").err == "nothing changed\n"
    assert home.run("object", "show").code == 0


def test_a_file_that_changed_meanwhile(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither change is lost."""
    script = tmp_path / "slow.py"
    script.write_text(
        f"import pathlib, sys\nother, mine = pathlib.Path({str(home.object)!r}), pathlib.Path(sys.argv[1])\n"
        "other.write_text(other.read_text('utf-8') + '# other\\n', 'utf-8')\n"
        "mine.write_text(mine.read_text('utf-8') + '# mine\\n', 'utf-8')\n",
        "utf-8",
    )
    monkeypatch.setenv("VISUAL", f"python3 {script}")
    monkeypatch.setattr(Program, "asks", True)
    ran = home.run("object", "edit", "--editor")
    assert (ran.code, "`my-prom.toml` was changed meanwhile" in ran.err) == (64, True)
    assert home.object.read_text("utf-8").endswith("# other\n")


def test_an_object_is_removed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the token that was made for it; nothing is asked without a terminal, and nothing goes to Prom."""
    added = home.run("object", "add", "Other", "--export", str(home.export), "--api-key", SECRET)
    assert added.code == 0
    token = home.folder / "secrets" / "other.token"
    assert token.exists()
    assert home.run("object", "remove", "Other").code == 64
    monkeypatch.setattr(Program, "asks", True)
    kept = home.run("object", "remove", "Other", stdin="n\n")
    assert (kept.code, kept.err.endswith("nothing was removed\n")) == (1, True)
    assert home.run("object", "remove", "Other", stdin="y\n").code == 0
    assert not token.exists()
    assert home.run("object", "remove", "My Prom", "--yes").code == 0
    assert (home.shop / "token").exists()
    assert not home.object.exists()
    assert home.writes() == []

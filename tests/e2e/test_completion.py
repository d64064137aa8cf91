"""Completion of values, called as each shell calls it; one test has bash itself do it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from homes import Home
from typer.testing import CliRunner

from torgsync.cli.app import app
from torgsync.cli.base.helps.completion import FIXED, OF_HOME
from torgsync.cli.base.helps.placeholders import PLACEHOLDERS
from torgsync.cli.base.program import Program
from torgsync.jobs.completion import Completion

SHELLS = ("bash", "zsh", "fish", "powershell")
METHOD = "Накладений платіж"
SHOWN = {
    "bash": METHOD.replace(" ", "\\ "),
    "zsh": f'"{METHOD}"',
    "fish": METHOD,
    "powershell": f"'{METHOD}'",
}
"""A value of two words, as each shell takes it for one."""


def offered(home: Home, shell: str, line: str, **more: str) -> str:
    """Return what a shell is answered for a line that goes on."""
    words = {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    words |= {"COMP_WORDS": line.replace(" ", "\n"), "COMP_CWORD": str(line.count(" "))}
    words["_TYPER_COMPLETE_WORD_TO_COMPLETE"] = line.rpartition(" ")[2]
    env = {"_TORGSYNC_COMPLETE": f"complete_{shell}", "TORGSYNC_HOME": str(home.folder), **words, **more}
    ran = CliRunner().invoke(app, obj=Program(), prog_name="torgsync", env=env)
    assert (ran.exit_code, ran.stderr) == (0, ""), ran.exception
    return ran.stdout


@pytest.fixture
def at_home(home: Home) -> Home:
    """A home with the example shop, whose payment methods are known."""
    assert home.run("payments", "fetch").code == 0
    return home


@pytest.mark.parametrize("shell", SHELLS)
def test_values_of_a_home(at_home: Home, shell: str) -> None:
    """Of the sync objects, the export and the settings, with a note where the shell shows one."""
    assert "my-prom" in offered(at_home, shell, "torgsync update -o ")
    assert "my-prom" in offered(at_home, shell, "torgsync object edit my")
    assert SHOWN[shell] in offered(at_home, shell, "torgsync payments map Накл")
    assert "RetailPrice" in offered(at_home, shell, "torgsync fields add Retail")
    items = offered(at_home, shell, "torgsync why ")
    assert all(name in items for name in ("26901", "26931")), "names such as `[/25]` are no markup"


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("torgsync fields add X --to descr", ["description", "description_ru"]),
        ("torgsync sync --allow re", ["removals="]),
        ("torgsync update --fields price,dis", ["price,discount"]),
        ("torgsync object edit --find-by phone,", ["phone,email", "phone,name"]),
        ("torgsync orders ship 1 --parcel 2 --carrier ", []),
        ("torgsync history ", []),
        ("torgsync orders show ", []),
        ("torgsync object add my", []),
        ("torgsync update --out ", []),
    ],
)
def test_values_of_a_word(at_home: Home, line: str, values: list[str]) -> None:
    """What is known in every home; nothing where nothing is known, so that the shell offers files."""
    assert offered(at_home, "bash", line).split() == values


def test_every_list_of_words_has_some() -> None:
    """Also those that no test above asks for; what goes wrong in a list is silent."""
    assert all(words() for words in FIXED.values())
    assert all(hasattr(Completion, name) for name in OF_HOME.values())
    assert {*FIXED, *OF_HOME} <= set(PLACEHOLDERS)


def test_runs_and_orders_of_the_state(home: Home) -> None:
    """They are read without a change to the state's files, and the newest comes first."""
    home.sync()
    number = str(home.sandbox.place_order([("26931", 1)]))
    home.run("orders", "fetch")
    home.edit_row("26931", ";68;0;68;", ";680;0;680;")
    kept = home.sync().json["kept"]
    before = {path: path.stat().st_mtime_ns for path in home.folder.iterdir()}
    line = f"-o {home.object} "
    assert offered(home, "bash", f"torgsync history {line}").split() == ["3", "2", "1"]
    assert offered(home, "bash", f"torgsync approve {line}").split() == [kept]
    assert offered(home, "bash", f"torgsync orders show {line}").split() == [number]
    assert {path: path.stat().st_mtime_ns for path in home.folder.iterdir()} == before


@pytest.mark.parametrize("trouble", ["no home", "no object", "bad object", "no export", "bad state"])
def test_trouble_is_no_value(at_home: Home, trouble: str, tmp_path: Path) -> None:
    """A shell gets nothing, and no error; a home is not made for it."""
    objects, nowhere = at_home.folder / "objects", tmp_path / "nowhere"
    more = {}
    match trouble:
        case "no home":
            more = {"TORGSYNC_HOME": str(nowhere)}
        case "no object":
            (objects / "my-prom.toml").unlink()
        case "bad object":
            (objects / "my-prom.toml").write_text("name = [", "utf-8")
        case "no export":
            (at_home.shop / "TSGoods.trs").unlink()
        case "bad state":
            (at_home.folder / "state.db").write_bytes(b"nonsense" * 200)
    lines = {"no export": ("fields remove ", "why 2"), "bad state": ("history ", "orders show ")}
    for line in lines.get(trouble, ("payments map ", "why 2", "object edit --center ", "history ")):
        assert offered(at_home, "bash", f"torgsync {line}", **more).strip() == ""
    assert not nowhere.exists()


def test_notes_are_in_the_language_of_the_call(at_home: Home) -> None:
    """Those of commands and options, whole."""
    said = offered(at_home, "fish", "torgsync hist", TORGSYNC_LANG="uk")
    assert said.startswith("history\tПоказати запуски")
    assert len(said.splitlines()) == 1
    assert "Вивести" not in offered(at_home, "fish", "torgsync --vers")
    assert "--version\tПоказати версію." in offered(at_home, "fish", "torgsync --vers", TORGSYNC_LANG="uk")


@pytest.mark.parametrize("shell", [*SHELLS, "tcsh"])
def test_completion_is_installed_in_our_words(
    shell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For the shell that the program is called from; another one is refused."""
    monkeypatch.setattr("typer._completion_shared._get_shell_name", lambda: shell)
    monkeypatch.setattr("typer.completion._get_shell_name", lambda: shell)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr("typer._completion_shared.subprocess.run", powershell_profile(tmp_path))
    env = {"TORGSYNC_LANG": "uk"}
    calls = [
        CliRunner().invoke(app, [option], obj=Program(), prog_name="torgsync", env=env)
        for option in ("--install-completion", "--show-completion")
    ]
    if shell == "tcsh":
        assert {(ran.exit_code, ran.stdout, ran.stderr.count("у цій оболонці")) for ran in calls} == {
            (64, "", 1)
        }
        return
    assert [(ran.exit_code, ran.stderr) for ran in calls] == [(0, "")] * 2
    assert calls[0].stdout.startswith(f"доповнення для {shell} записано в `{tmp_path}")
    assert len(calls[0].stdout.splitlines()) == 1
    assert "_TORGSYNC_COMPLETE" in calls[1].stdout


def powershell_profile(folder: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Return what answers as PowerShell does where its profile is."""
    answer = str(folder / "profile.ps1").encode()
    return lambda *args, **_given: subprocess.CompletedProcess(args, 0, answer)


def test_bash_completes_a_word(at_home: Home, tmp_path: Path) -> None:
    """Its own function, as `--show-completion` prints it, offers what can be put into the line as it is."""
    program = tmp_path / "bin" / "torgsync"
    program.parent.mkdir()
    code = "import sys; sys.argv[0] = 'torgsync'; from torgsync.cli.app import main; main()"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{code}" "$@"\n', "utf-8")
    program.chmod(0o755)
    script = (
        f"export PATH={program.parent}:$PATH\n"
        'eval "$(_TORGSYNC_COMPLETE=source_bash torgsync)"\n'
        "COMP_WORDS=(torgsync payments map Накл); COMP_CWORD=3\n"
        '_torgsync_completion torgsync; printf "%s" "${COMPREPLY[0]}"\n'
    )
    ran = subprocess.run(
        ["/bin/bash", "-c", script],
        env=at_home.environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert (ran.stdout, ran.stderr) == (SHOWN["bash"], "")


ODD = 'Оплата: "$5" `М\'ята` \\ друга'


@pytest.mark.parametrize(
    ("shell", "typed", "shown"),
    [
        ("bash", "Опл", r"Оплата:\ \"\$5\"\ \`М\'ята\`\ \\\ друга"),
        ("bash", "Оплата\n:", r"\ \"\$5\"\ \`М\'ята\`\ \\\ друга"),
        ("bash", "'Опл", r"""Оплата: "$5" `М'\''ята` \ друга"""),
        ("bash", '"Опл', r"Оплата: \"\$5\" \`М'ята\` \\ друга"),
        ("zsh", "Опл", r"""Оплата\\: \"\$5\" \`М'\''ята\` \\\\ друга"""),
        ("fish", "Опл", ODD),
    ],
)
def test_a_name_with_signs_of_the_shell(at_home: Home, shell: str, typed: str, shown: str) -> None:
    """It arrives whole, also where bash splits it at a colon; zsh and fish themselves were tried by hand."""
    text = at_home.object.read_text("utf-8")
    name = "'''" + ODD + "'''"
    at_home.object.write_text(text.replace('"Накладений платіж"', name), "utf-8")
    words = f"torgsync\npayments\nmap\n{typed}"
    more = {"COMP_WORDS": words, "COMP_CWORD": str(words.count("\n"))} if shell == "bash" else {}
    assert shown in offered(at_home, shell, f"torgsync payments map {typed}", **more)

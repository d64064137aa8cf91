"""Every kind of wrong usage of every command, in the sentences of this program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from once import command_line

from torgsync import i18n
from torgsync.cli.app import app
from torgsync.cli.base.language import load_catalog
from torgsync.cli.base.program import Program

ROOT = command_line(app)
WRONG = "зле"
DATA = re.compile(r"`[^`]*`|torgsync .*|CSV|URL|[A-Z]+_[A-Z_]+|id\b")
PLACEHOLDER = re.compile(r"`-[^` ]* [A-Z]{2,}(?<!URL)(?<!ID)`")


def walk(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401
    """Yield each command and group with its words."""
    yield words, command
    for name, below in getattr(command, "commands", {}).items():
        yield from walk(below, (*words, name))


def wrong_lines(command: Any) -> Iterator[tuple[str, ...]]:  # noqa: ANN401, C901  # one case below another
    """Yield every kind of wrong usage of a command, without its words."""
    yield ("--nothing-like-it",)
    yield ("-ё",)
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    if hasattr(command, "commands"):
        yield (WRONG,)
    else:
        given = ["1" for param in arguments if param.nargs == 1]
        if all(param.nargs == 1 for param in arguments):
            needed = [f"{max(param.opts, key=len)}=1" for param in command.params if is_needed(param)]
            yield (*needed, *given, "1", WRONG)
        if any(param.required for param in arguments):
            yield ()
    for param in command.params:
        kind = param.type_descriptor
        if param.param_type_name == "argument":
            if kind.annotation is int:
                yield (WRONG,)
                yield ("0",)
            continue
        name = max(param.opts, key=len)
        if param.is_flag or param.count:
            yield (f"{name}={WRONG}",)
            continue
        yield (name,)
        if is_needed(param):
            yield tuple("1" for one in arguments if one.required)
        if kind.is_choice or kind.is_datetime or kind.annotation in (int, float):
            yield (f"{name}={WRONG}",)
        if kind.is_ranged:
            yield (f"{name}=-1",)


def is_needed(param: Any) -> bool:  # noqa: ANN401
    """Return whether a command has no default for an option."""
    return bool(param.required and param.param_type_name == "option")


LINES = [(words, line) for words, command in walk(ROOT) for line in wrong_lines(command)]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_kind_of_wrong_usage(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 64, one sentence in the language of the call, and the way on; nothing of Typer is shown."""
    i18n.use(load_catalog(language))
    try:
        for words, line in LINES:
            with pytest.raises(SystemExit) as left:
                ROOT.main([*words, *line], "torgsync", obj=Program(language=language))
            out, err = capsys.readouterr()
            assert (left.value.code, out) == (64, ""), (words, line)
            first, blank, hint = err.split("\n", 2)
            assert re.fullmatch(r".*[\w`]", first)
            assert (blank, "\n  torgsync" in hint or "torgsync " in hint) == ("", True), err
            if language == "uk":
                assert not re.findall(r"[A-Za-z]{2,}", DATA.sub("", err)), err
                assert not PLACEHOLDER.findall(err), err
    finally:
        i18n.use(None)


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("update --plan x", "there is no option `--plan`", "`--plan` is an option of `torgsync sync`"),
        ("update --dry", "there is no option `--dry`", ""),
        ("object adopt --dry", "there is no option `--dry`; did you mean `--dry-run`?", ""),
        ("update --filds name", "there is no option `--filds`; did you mean `--fields`?", ""),
        ("object add --token x", "there is no option `--token`; did you mean `--api-key`?", ""),
        ("objekt list", "there is no command `objekt`; did you mean `object`?", ""),
        ("-o my-prom update", "there is no option `-o`", "torgsync update -o my-prom"),
        ("-omy-prom orders list", "there is no option `-o`", "torgsync orders list -omy-prom"),
        ("--format csv --home x goods list", "", "torgsync --home x goods list --format csv"),
        ("object --yes remove x", "there is no option `--yes`", "torgsync object remove --yes x"),
        ("--plan x update", "there is no option `--plan`", "`--plan` is an option of `torgsync sync`"),
        ("-o my-prom", "there is no option `-o`", "` and of others"),
        ("update --format xml", "`--format`: `xml` is not one of `table`, `json`, `csv`", ""),
        ("goods list --limit 0", "`--limit`: 0 is too little; it must be 1 or more", ""),
        ("sandbox --port 70000", "`--port`: 70000 is too much; it must be 65535 or less", ""),
        ("sandbox --import-seconds x", "`--import-seconds`: `x` is not a number", ""),
        ("history x", "`RUN`: `x` is not a whole number", ""),
        ("orders list --from x", "`--from`: `x` is not a day such as", ""),
        ("schedule add", "the option `--every INTERVAL` is missing", ""),
        ("orders show", "the argument `ORDER` is missing", ""),
        ("update --out", "the option `--out` needs a value: `--out FILE`", ""),
        ("sync --yes=1", "the option `--yes` takes no value", ""),
        ("update x y", "these words are too many: `x`, `y`", ""),
        ("-v", "the command is missing", "torgsync --help"),
    ],
)
def test_what_is_wrong(line: str, message: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence names what is wrong, and the hint what was meant."""
    with pytest.raises(SystemExit):
        ROOT.main(line.split(), "torgsync", obj=Program())
    err = capsys.readouterr().err
    assert err.startswith(f"error: {message}")
    assert hint in err.partition("hint: ")[2]


def test_a_variable_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A value that is on no command line came from somewhere."""
    monkeypatch.setenv("TORGSYNC_UPDATE_OFFLINE", "maybe")
    with pytest.raises(SystemExit):
        ROOT.main(["update"], "torgsync", obj=Program())
    err = capsys.readouterr().err
    assert "`--offline`, from the variable `TORGSYNC_UPDATE_OFFLINE`: `maybe` is neither 1 nor 0" in err


@pytest.mark.parametrize(
    ("given", "near"), [("pric", "price"), ("цена", "price"), ("Ціна", "price"), ("фото", "photos")]
)
def test_a_field_by_its_word(given: str, near: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A person names a field as it is shown; all of them are in the hint."""
    i18n.use(load_catalog("uk"))
    try:
        with pytest.raises(SystemExit):
            ROOT.main(["update", "--fields", given], "torgsync", obj=Program(language="uk"))
    finally:
        i18n.use(None)
    err = capsys.readouterr().err
    assert f"можливо, `{near}`?" in err
    assert "`wholesale_prices`" in err

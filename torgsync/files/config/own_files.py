"""The files that torgsync itself keeps in a home, and their modes: for the owner alone.

They hold buyers' names and phones, and tokens. What a person put or named there is not touched: exports,
photos, links, and every path in a sync object but those of its secrets. A folder that holds anything of that
kind keeps its mode, because others may have to reach it.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from torgsync import disk
from torgsync.errors import Mistake

_OBJECT_FILES = re.compile(r".*\.toml|\..*\.(lock|tmp)|\.tmp-.*|torgsync\.schema\.json")
_WHOLE = ("secrets", "logs", "feeds", "fetched", "outbox", "plans", "recordings", "backups")
"""Folders of a home that hold nothing but files of ours."""
_KEY_OF_SECRETS = "file"
"""The key by which a sync object names a file with a secret (`api_key = { file = … }`)."""
_OTHERS_WRITE = 0o022


@dataclass
class _OwnFiles:
    """What of a home is ours and may be used by others, folders last; `foreign` holds folders with more."""

    wide: list[Path] = field(default_factory=list)
    foreign: set[Path] = field(default_factory=set)


def narrow_own_files(home: Path, state: Path | None) -> None:
    """Make what torgsync keeps private where others may use it; what belongs to another user stays.

    `state` is the file of the state, None where it has none. In a home in which nothing is to be done, a
    look at each file is all.
    """
    for path in _wide(home, state):
        with suppress(OSError):
            disk.narrow(path)


def exposed_files(home: Path, state: Path | None) -> list[Path]:
    """Return what torgsync keeps and others may use although it was narrowed, and a home that they change."""
    exposed = _wide(home, state)
    if os.name != "nt" and home not in exposed and home.stat().st_mode & _OTHERS_WRITE:
        exposed.append(home)
    if os.name != "nt" and state and state not in exposed:
        with suppress(OSError):
            if state.stat().st_mode & disk.OTHERS:  # behind a link, which is not followed to narrow it
                exposed.append(state.resolve())
    return exposed


def _wide(home: Path, state: Path | None) -> list[Path]:
    if os.name == "nt":  # pragma: no cover  # it has no such modes
        return []
    survey = _OwnFiles()
    with suppress(OSError):
        _look_at_home(survey, home, state)
    if not survey.wide:
        return []
    named = set(_named_paths(home / "objects"))
    kept = {folder for path in named for folder in path.parents}
    return [
        path for path in survey.wide if path not in kept and not named.intersection((path, *path.parents))
    ]


def _look_at_home(survey: _OwnFiles, home: Path, state: Path | None) -> None:
    only_ours = True
    for entry in os.scandir(home):
        path = Path(entry.path)
        if entry.name in _WHOLE and entry.is_dir(follow_symlinks=False):
            _look_at(survey, path, re.compile(".*"))
        elif entry.name == "objects" and entry.is_dir(follow_symlinks=False):
            _look_at(survey, path, _OBJECT_FILES)
            only_ours = only_ours and path not in survey.foreign
        elif re.match(r"\.?state\.db|situations\.json", entry.name) and entry.is_file(follow_symlinks=False):
            _note(survey, path)
        else:
            only_ours = False
    if state and state.parent != home:
        for path in state.parent.glob(f"*{state.name}*"):
            if path.name.removeprefix(".").startswith(state.name) and path.is_file():
                _note(survey, path)
    if only_ours:
        _note(survey, home)


def _look_at(survey: _OwnFiles, folder: Path, ours: re.Pattern[str]) -> None:
    """Note what of a folder is ours, and the folder itself where all is."""
    only_ours = True
    with suppress(OSError):
        for entry in os.scandir(folder):
            path = Path(entry.path)
            if not ours.fullmatch(entry.name):
                only_ours = False
            elif entry.is_dir(follow_symlinks=False):
                _look_at(survey, path, ours)
            elif entry.is_file(follow_symlinks=False):
                _note(survey, path)
    if only_ours:
        _note(survey, folder)
    else:
        survey.foreign.add(folder)


def _note(survey: _OwnFiles, path: Path) -> None:
    with suppress(OSError):
        mode = path.lstat().st_mode
        if mode & disk.OTHERS and not stat.S_ISLNK(mode):
            survey.wide.append(path)


def _named_paths(objects: Path) -> Iterator[Path]:
    """Yield the paths that sync objects name, but those of secrets."""
    from torgsync.files.config.objects import list_objects, path_in  # noqa: PLC0415  # only where a mode is wrong
    from torgsync.files.config.text_files import parse_toml  # noqa: PLC0415  # likewise

    for path in list_objects(objects):
        with suppress(OSError, UnicodeDecodeError):
            data = parse_toml(disk.read_text(path))
            if not isinstance(data, Mistake):
                paths = (path_in(objects, text) for text in _texts(data) if "/" in text or "\\" in text)
                there = filter(os.path.lexists, paths)
                yield from (path for path in there if path not in (objects, *objects.parents))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            if key != _KEY_OF_SECRETS:
                yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)

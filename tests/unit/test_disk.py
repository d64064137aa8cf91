"""Opening and writing files: modes, links, and what is no file."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from errno import EACCES, EADDRINUSE, EFBIG, ENOTDIR, errorcode
from pathlib import Path

import pytest
from odd_files import NO_FILES, within

from torgsync import disk, system
from torgsync.i18n import Message

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has neither these modes nor pipes")


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """A umask that a user may have set."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_what_is_made_is_private(tmp_path: Path, umask: int) -> None:
    """Files are 0600 and folders 0700, whatever the umask; a folder that is there stays as it is."""
    folder = tmp_path / "one" / "two"
    disk.make_folder(folder)
    disk.make_folder(folder)
    disk.make_file(folder / "file")
    with disk.replacing(folder / "whole") as out:
        out.write(b"whole")
    os.close(disk.append_file(folder / "log"))
    assert {mode(path) for path in folder.iterdir()} == {0o600}
    assert {mode(folder), mode(folder.parent)} == {0o700}, umask
    with disk.replacing(folder / "whole", 0o664) as out:
        out.write(b"for a group")
    assert mode(folder / "whole") == 0o664


@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_is_not_opened(tmp_path: Path, kind: str) -> None:
    """A sentence that names what it is, at once."""
    path = tmp_path / kind
    NO_FILES[kind](path)
    with within(kind), pytest.raises(OSError, match=r"it is a|symbolic links|No such device"):
        disk.read_text(path)
    with within(kind), pytest.raises(OSError, match=r"Errno"):
        disk.append_file(path)


def test_names_that_no_file_can_have(tmp_path: Path) -> None:
    """They raise OSError as well, so that one place reports them."""
    for name in ("zero\0byte", "n" * 300):
        for attempt in (disk.stat_file, disk.make_folder, disk.make_file, disk.append_file):
            with pytest.raises(OSError, match=r"no file can|too long"):
                attempt(tmp_path / name)
    with pytest.raises(OSError, match="no file can have this name"), disk.replacing(tmp_path / "zero\0byte"):
        pass
    assert not [*tmp_path.iterdir()]


def test_a_link_is_never_written_through(tmp_path: Path) -> None:
    """It is replaced where a whole file is written, else refused; its target stays as it is."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("mine", "utf-8")
    target.chmod(0o644)
    link.symlink_to(target)
    with pytest.raises(FileExistsError):
        disk.create_file(link)
    for attempt in (disk.append_file, disk.narrow):
        with pytest.raises(OSError, match="symbolic links"):
            attempt(link)
    disk.make_file(link)
    with disk.replacing(link) as out:
        out.write(b"ours")
    assert (target.read_text("utf-8"), mode(target)) == ("mine", 0o644)
    assert (link.read_bytes(), link.is_symlink()) == (b"ours", False)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """An error leaves the file that was there, and nothing else."""
    path = tmp_path / "file"
    path.write_text("before", "utf-8")
    with pytest.raises(TypeError), disk.replacing(path) as out:
        out.write("text")  # type: ignore[call-overload]
    assert [(path, path.read_text("utf-8"))] == [(path, "before") for path in tmp_path.iterdir()]


def test_a_file_in_the_place_of_a_folder(tmp_path: Path) -> None:
    """That is an error, not a traceback of another kind."""
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(NotADirectoryError) as caught:
            disk.make_folder(folder)
        assert caught.value.errno == ENOTDIR


def test_a_folder_that_another_process_makes_at_this_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there, and that is all that was wanted."""
    folder, make = tmp_path / "folder", Path.mkdir

    def raced(path: Path, mode: int) -> None:
        make(path)
        make(path, mode)

    monkeypatch.setattr(Path, "mkdir", raced)
    disk.make_folder(folder)
    assert folder.is_dir()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(EACCES, os.strerror(EACCES), "a"), "Permission denied"),
        (OSError(EADDRINUSE, f"{os.strerror(EADDRINUSE)} (while binding)"), "Address already in use"),
        (OSError(EACCES, "the share went away"), "the share went away"),
        (OSError("no number"), "no number"),
        (OSError(), "OSError"),
    ],
)
def test_what_the_system_says_is_a_sentence(error: OSError, words: str) -> None:
    """Its own words can be translated; others are shown as they are."""
    said = system.reason(error)
    assert said == words
    assert isinstance(said, Message)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have a few words of their own")
def test_words_of_the_system_are_those_that_it_uses() -> None:
    """Most can be met here; a misspelt one would never be shown."""
    known = {os.strerror(number) for number in errorcode}
    assert known >= system.SYSTEM.keys()


def test_only_so_much_is_read(tmp_path: Path) -> None:
    """A file that is read whole has a limit; line ends of Windows become line feeds."""
    path = tmp_path / "file"
    path.write_bytes(b"\xef\xbb\xbfa\r\nb\r")
    assert disk.read_text(path) == "a\nb\n"
    with pytest.raises(OSError, match="larger than 0 MiB") as caught:
        disk.read_bytes(path, 3)
    assert caught.value.errno == EFBIG


def test_others_lose_what_they_may(tmp_path: Path) -> None:
    """The owner's own bits stay."""
    path = tmp_path / "file"
    path.touch()
    path.chmod(0o544)
    disk.narrow(path)
    assert mode(path) == 0o500

"""SFTP servers are used only if this computer knows their keys: another server would get the password."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import paramiko
import pytest
from servers import PASSWORD
from sftp import host_key, know_host, sftp_server

from torgsync.errors import Temporary, TorgsyncError
from torgsync.files.orders.outbox import open_outbox


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a user who has never used SSH."""
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    (tmp_path / "user").mkdir()
    return tmp_path / "user"


@pytest.fixture
def server(user: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a server that this user does not know."""
    (tmp_path / "served").mkdir()
    with sftp_server(tmp_path / "served") as address:
        (user / ".ssh" / "known_hosts").unlink()
        yield address


def port_of(address: str) -> int:
    """Return the port of a server."""
    return int(address.rstrip("/").rpartition(":")[2])


def refused(address: str) -> TorgsyncError:
    """Return why a server is not used: it is not one that passes by itself."""
    with pytest.raises(TorgsyncError, match="the server's key") as caught, open_outbox(address, PASSWORD):
        pass
    assert not isinstance(caught.value, Temporary)
    assert host_key().fingerprint in caught.value.message
    return caught.value


def write_to(address: str) -> None:
    """Connect and write a file."""
    with open_outbox(address, PASSWORD) as outbox:
        outbox.write("order-1.json", b"{}\n")


def command_of(error: TorgsyncError) -> str:
    """Return the command of an error's hint."""
    return str(error.hint).splitlines()[-1]


def test_an_unknown_server_is_refused(server: str, user: Path) -> None:
    """With its fingerprint and the command that keeps its key; nothing is kept without that."""
    command = command_of(refused(server))
    known = user / ".ssh" / "known_hosts"
    assert command == f"ssh-keyscan -p {port_of(server)} -t rsa 127.0.0.1 >> {known}"
    assert not known.exists()
    know_host(port_of(server), host_key())
    write_to(server)


def test_the_command_makes_the_folder_for_keys(server: str, user: Path) -> None:
    """Where the user never used SSH there is none."""
    (user / ".ssh").rename(user / "ssh")
    with pytest.raises(TorgsyncError, match="does not know") as caught, open_outbox(server, PASSWORD):
        pass
    assert command_of(caught.value).startswith(f"mkdir -p {user / '.ssh'} && ssh-keyscan ")


@pytest.mark.skipif(not which("ssh-keygen"), reason="OpenSSH is not installed")
def test_a_server_with_another_key_is_refused(server: str, user: Path) -> None:
    """The command forgets the old key; after it the server is unknown."""
    know_host(port_of(server), paramiko.RSAKey.generate(2048))
    known = user / ".ssh" / "known_hosts"
    command = command_of(refused(server))
    assert command == f'ssh-keygen -R "[127.0.0.1]:{port_of(server)}" -f {known}'
    subprocess.run(command, shell=True, check=True, capture_output=True)  # noqa: S602  # as a person would
    assert "does not know" in refused(server).message


def test_a_key_is_known_by_a_hashed_name(server: str, user: Path) -> None:
    """As OpenSSH of some systems writes names."""
    name = paramiko.HostKeys.hash_host(f"[127.0.0.1]:{port_of(server)}")
    key = host_key()
    (user / ".ssh" / "known_hosts").write_text(f"{name} {key.get_name()} {key.get_base64()}\n")
    write_to(server)


def test_a_server_of_another_key_gets_no_password(
    server: str, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection ends before any user logs in."""
    tried: list[object] = []
    monkeypatch.setattr(paramiko.SSHClient, "_auth", lambda *given: tried.append(given))
    refused(server)
    know_host(port_of(server), paramiko.RSAKey.generate(2048))
    refused(server)
    assert user.exists()
    assert tried == []

"""`torgsync sandbox`: a Prom.ua of your own that other programs can talk to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from homes import EXAMPLE, ROOT, Home, Market


@contextmanager
def sandbox(home: Path, *args: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """Start the sandbox as a process of its own, and yield it with the addresses of its API and its pages."""
    environment = {**os.environ, "TORGSYNC_HOME": str(home), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-m", "torgsync", "sandbox", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment,
    ) as process:
        try:
            assert process.stderr is not None
            _, setting, pages = (process.stderr.readline().strip() for _ in range(3))
            yield (
                process,
                setting.removeprefix("export TORGSYNC_PROM_URL="),
                pages.removeprefix("the shop as a buyer sees it: "),
            )
        finally:
            process.kill()


@pytest.mark.skipif(os.name == "nt", reason="a process gets no Ctrl-C from a test on Windows")
def test_another_program_works_with_it(tmp_path: Path) -> None:
    """It prints where it is, keeps what it is told, knows both tokens, and Ctrl-C ends it."""
    options = ("--port", "0", "--token", "mine", "--read-only-token", "looker", "--import-seconds", "0")
    with sandbox(tmp_path, *options) as (process, url, _):
        answer = httpx.get(f"{url}/products/list", headers={"Authorization": "Bearer looker"})
        assert answer.json() == {"group_id": 0, "products": []}
        edit = httpx.post(f"{url}/products/edit", json=[], headers={"Authorization": "Bearer looker"})
        assert "forbidden" in edit.text
        assert httpx.get(f"{url}/products/list").status_code == 401
        mine = httpx.post(f"{url}/products/edit", json=[], headers={"Authorization": "Bearer mine"})
        assert mine.json() == {"processed_ids": [], "errors": {}}
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "stopped\n")


def test_a_person_looks_at_it(tmp_path: Path) -> None:
    """It has pages, and shows the pictures of the folder that it was given."""
    photos = EXAMPLE / "photos"
    with sandbox(tmp_path, "--port", "0", "--photos", str(photos)) as (_, url, pages):
        assert pages == url.removesuffix("api/v1")
        assert "У цьому магазині ще немає товарів." in httpx.get(pages).text
        assert httpx.get(f"{pages}photos/26901.jpg").content == (photos / "26901.jpg").read_bytes()


def test_a_port_that_is_taken(tmp_path: Path, market: Market) -> None:
    """The port is named, and how to take another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = Home(tmp_path / "home", tmp_path, market).run("sandbox", "--port", str(port))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"error: the sandbox cannot listen on 127.0.0.1, port {port}: ")
    assert ran.err.endswith("hint: torgsync sandbox --port 0\n")


@pytest.mark.parametrize("args", [("--port", "many"), ("--import-seconds", "-1"), ("--photos", "nowhere")])
def test_wrong_usage(tmp_path: Path, market: Market, args: tuple[str, str]) -> None:
    """What cannot be a port, a time or a folder is refused."""
    ran = Home(tmp_path / "home", tmp_path, market).run("sandbox", *args)
    assert (ran.code, ran.out) == (64, "")
    assert f"'{args[0]}'" in ran.err

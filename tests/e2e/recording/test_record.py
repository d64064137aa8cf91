"""`--record FILE`: a shop full of people, and a file that holds none of them."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path

import pytest
from homes import Home

from torgsync.sandbox.quirks import Rights
from torgsync.sandbox.shop.orders import CASH_ON_DELIVERY, ShopBuyer

TOKEN = "5f1e0c7b9a2d4e6f8091a2b3c4d5e6f708192a3b"
PRIVATE = ("Олександра", "Вигаданська", "vyhadanska", "Чернівці", "Кобилянської", "Мурчик", TOKEN)
PHONES = ("671234598", "501119922")


@pytest.fixture
def private(filled: Home) -> Home:
    """A shop with orders of invented people, and a token that occurs nowhere by chance."""
    filled.sandbox.tokens[TOKEN] = Rights.full()
    (filled.shop / "token").write_text(TOKEN, "utf-8")
    for phone in ("+380671234598", "067 123-45-98", "(050) 111 99 22"):
        buyer = ShopBuyer(
            first_name="Олександра", last_name="ВИГАДАНСЬКА", phone=phone, email="o.vyhadanska@a.example"
        )
        filled.sandbox.place_order(
            [("26901", 1)],
            buyer=buyer,
            payment_option_id=CASH_ON_DELIVERY.id,
            delivery_address="м. Чернівці, вул. Кобилянської, 17",
            client_notes="для МУРЧИКА; домофон 45, тел. 0501119922",
        )
    filled.edit_row("26901", "Черевики", "Черевики для Мурчика")
    return filled


def asked_for(path: str) -> str:
    """Return a path below the API without the id of an import, which is another one in a recording."""
    return re.sub(r"status/\w+", "status/…", path.removeprefix("/api/v1"))


def test_a_shop_full_of_people(private: Home, tmp_path: Path) -> None:
    """A run with import, edits and orders is recorded whole, and nothing of anybody is in the file."""
    private.next_day()
    file = tmp_path / "first.jsonl"
    ran = private.sync("--record", str(file))
    assert (ran.code, ran.json["object"]) == (8, "My Prom")  # an order waits for its cash register
    assert f"recorded {ran.json['requests']['total']} requests in `{file}`" in ran.err
    text = file.read_text("utf-8")
    words = [word for word in PRIVATE if re.search(word[:-1], text, re.IGNORECASE)]
    assert words + [phone for phone in PHONES if phone in re.sub(r"\D", "", text)] == []
    assert os.name == "nt" or file.stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in text.splitlines()]
    asked = [(line["request"]["method"], asked_for(line["request"]["path"])) for line in lines[1:]]
    assert asked == [(record.method, asked_for(record.path)) for record in private.sandbox.log.records()]
    assert ("POST", "/products/import_file") in asked


def test_a_file_that_is_there(private: Home, tmp_path: Path) -> None:
    """It is never written to, and nothing is sent, wherever in the command line the option is."""
    file = tmp_path / "letter.txt"
    file.write_text("Dear Olena", "utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for args in (
        ("--record", str(file), "doctor"),
        ("doctor", "--record", str(file)),
        ("doctor", f"--record={file}"),
        ("doctor", "--record", str(tmp_path / "link")),
        ("doctor", "--record", str(tmp_path / "none" / "a.jsonl")),
        ("doctor", "--record", "-"),
        ("doctor", "--record", ""),
        ("doctor", "--record"),
    ):
        ran = private.run(*args)
        assert (ran.code, ran.out) == (64, "")
    assert file.read_text("utf-8") == "Dear Olena"
    assert not (tmp_path / "nowhere").exists()
    assert private.sandbox.log.records() == []
    ran = private.run("doctor", "--record", str(file), "--format", "json")
    assert ran.json["error"]["message"] == f"`{file}` exists already, and a recording never replaces a file"


def test_a_command_without_requests(private: Home, tmp_path: Path) -> None:
    """No empty file is left; a help is a help."""
    file = tmp_path / "none.jsonl"
    ran = private.run("object", "list", "--record", str(file))
    assert (ran.code, ran.err) == (0, f"no requests were made, so `{file}` was not written\n")
    assert private.run("sync", "--help", "--record", str(file)).code == 0
    assert not file.exists()


def test_errors_are_recorded_too(private: Home, tmp_path: Path) -> None:
    """An answer that was lost, and a refusal; what the command says of it is as without a recording."""
    private.misbehave("GET orders/list lost nth=1", "GET orders/list 503 nth=2")
    ran = private.run("orders", "fetch", "--record", str(tmp_path / "a.jsonl"))
    assert ran.code in {0, 8}
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text("utf-8").splitlines()[1:]]
    orders = [line for line in lines if line["request"]["path"] == "/orders/list"]
    assert (orders[0]["answer"], orders[0]["error"]) == (None, "RemoteProtocolError")
    assert orders[1]["answer"]["status"] == 503
    assert orders[2]["answer"]["body"]["json"]["orders"]


def test_a_disk_that_is_full(private: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command goes on, and says that the recording is not complete."""
    from torgsync.files.recording.recording_file import RecordingFile

    class Full:
        def write(self, _line: str) -> None:
            raise OSError(28, "No space left on device")

        def close(self) -> None:
            raise OSError(28, "No space left on device")

    made = RecordingFile.__init__

    def full(recording: RecordingFile, path: Path) -> None:
        made(recording, path)
        recording._out.close()
        recording._out = Full()  # type: ignore[assignment]  # a file that takes no more

    monkeypatch.setattr(RecordingFile, "__init__", full)
    ran = private.run("payments", "fetch", "--record", str(tmp_path / "a.jsonl"))
    assert ran.code == 0
    assert "is not complete: No space left on device" in ran.err

    def broken(*_: object) -> None:
        raise KeyError

    monkeypatch.setattr("torgsync.prom.recording.recorder.clean_body", broken)
    ran = private.run("payments", "fetch", "--record", str(tmp_path / "b.jsonl"))
    assert ran.code == 0
    assert "is not complete: " in ran.err
    assert " could not be read" in ran.err


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a process gets no signal from a test on Windows")
def test_a_run_that_is_killed(private: Home, tmp_path: Path) -> None:
    """What was answered until then is in the file, line by line."""
    file = tmp_path / "killed.jsonl"
    process = private.start("sync", "--yes", "--record", str(file))
    deadline = time.monotonic() + 60
    while not (file.exists() and file.read_text("utf-8").count("\n") > 1) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    lines = file.read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines][1]["answer"]["status"] == 200

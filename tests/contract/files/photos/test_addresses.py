"""What asking the addresses of photos promises: one server, no content, and one of a few answers."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from pictures import picture

from torgsync.core.photos.addresses import AddressAnswer, AddressFault
from torgsync.core.photos.pictures import PictureFacts
from torgsync.files.photos.addresses import HostPlace, ask_addresses, place_of
from torgsync.files.photos.pictures import inspect

PHOTO = picture()
FACTS = inspect(PHOTO)


@dataclass
class Server:
    """A web server: what it says to each path, and what it was asked."""

    url: str = ""
    rules: dict[str, Callable[[BaseHTTPRequestHandler], tuple[int, dict[str, str]]]] = field(
        default_factory=dict
    )
    asked: list[tuple[str, str]] = field(default_factory=list)

    def says(self, path: str, status: int = 200, **headers: str) -> str:
        """Have a path answer so, and return its address."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.rules[path] = lambda _request: (status, named)
        return f"{self.url}{path}"


@pytest.fixture
def server() -> Iterator[Server]:
    """A web server on loopback."""
    made = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:  # the library's name
            made.asked.append((self.command, self.path))
            status, headers = made.rules[self.path](self)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        do_GET = do_HEAD  # noqa: N815  # likewise

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        made.url = f"http://127.0.0.1:{running.server_address[1]}"
        thread = Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield made
        running.shutdown()
        thread.join()


def asked(address: str, before: AddressAnswer | None = None) -> AddressAnswer:
    (answer,) = ask_addresses([(address, before)])
    return answer


def fault(address: str, facts: PictureFacts | None = FACTS) -> AddressFault | None:
    return asked(address).fault(facts.size if facts else None)


def test_a_photo_that_can_be_fetched(server: Server) -> None:
    """Its type and length are right, or the server does not say; nothing is fetched."""
    size = str(len(PHOTO))
    assert fault(server.says("/1.jpg", Content_Type="image/jpeg", Content_Length=size)) is None
    assert fault(server.says("/2.jpg", Content_Type="Image/JPEG; charset=x")) is None
    assert fault(server.says("/3.jpg", Content_Type="application/octet-stream")) is None
    assert fault(server.says("/4.jpg")) is None
    assert fault(server.says("/5.jpg", Content_Length="77", Content_Encoding="gzip")) is None
    assert fault(server.says("/6.jpg", Content_Length="77"), None) is None
    assert {method for method, _path in server.asked} == {"HEAD"}


def test_a_photo_that_cannot_be_fetched(server: Server) -> None:
    """Each way in which it fails has a name."""
    assert fault(server.says("/1.jpg", 404)) is AddressFault.STATUS
    assert fault(server.says("/2.jpg", 500)) is AddressFault.STATUS
    assert fault(server.says("/3.jpg", Content_Type="text/html; charset=utf-8")) is AddressFault.TYPE
    assert fault(server.says("/4.jpg", Content_Type="image/png", Content_Length="7")) is AddressFault.SIZE
    assert fault("http://127.0.0.1:1/5.jpg") is AddressFault.NO_ANSWER
    assert fault("http://127.0.0.1:1/\x00.jpg") is AddressFault.NO_ANSWER


def test_a_server_that_redirects(server: Server) -> None:
    """Another server is not asked; on the same one a few steps are followed."""
    server.says("/real.jpg", Content_Type="image/jpeg")
    assert fault(server.says("/1.jpg", 302, Location="/real.jpg")) is None
    assert fault(server.says("/2.jpg", 301, Location="http://127.0.0.1:1/1.jpg")) is AddressFault.ELSEWHERE
    assert fault(server.says("/3.jpg", 302, Location="/3.jpg")) is AddressFault.ELSEWHERE
    assert fault(server.says("/4.jpg", 302, Location="file:///etc/passwd")) is AddressFault.ELSEWHERE
    assert fault(server.says("/5.jpg", 302, Location="//[::1/")) is AddressFault.NO_ANSWER


def test_a_server_without_head(server: Server) -> None:
    """The photo is asked for, and its content is not read."""
    server.rules["/1.jpg"] = lambda request: (
        (405, {}) if request.command == "HEAD" else (200, {"Content-Type": "image/jpeg"})
    )
    assert fault(f"{server.url}/1.jpg") is None
    assert server.asked == [("HEAD", "/1.jpg"), ("GET", "/1.jpg")]


def test_what_was_asked_before_is_asked_whether_it_changed(server: Server) -> None:
    """By the version that the server gave it, or by its time."""
    server.rules["/1.jpg"] = lambda request: (
        (304, {}) if request.headers["If-None-Match"] == '"a"' else (200, {"ETag": '"a"'})
    )
    server.rules["/2.jpg"] = lambda request: (
        (304, {}) if request.headers["If-Modified-Since"] == "Mon" else (200, {"Last-Modified": "Mon"})
    )
    for path in ("/1.jpg", "/2.jpg"):
        first = asked(f"{server.url}{path}")
        assert first.status == 200
        assert asked(f"{server.url}{path}", first) is first
    assert asked(f"{server.url}/1.jpg", AddressAnswer(404, etag='"old"')).status == 200


def test_where_a_host_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with any private address is private, whatever its others are."""
    names = {
        "shop.example": ["93.184.215.14"],
        "both.example": ["93.184.215.14", "10.0.0.1"],
        "six.example": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
        "link.example": ["fe80::1%eth0"],
    }

    def resolve(host: str, _port: None) -> list[tuple[object, ...]]:
        if host not in names:
            raise socket.gaierror(-2, "Name or service not known")
        return [(0, 0, 0, "", (address, 0)) for address in names[host]]

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", resolve)
        assert place_of("https://shop.example/photos/") is HostPlace.INTERNET
        assert place_of("https://six.example/photos/") is HostPlace.INTERNET
        assert place_of("https://both.example/photos/") is HostPlace.PRIVATE
        assert place_of("https://link.example/photos/") is HostPlace.PRIVATE
        assert place_of("https://none.example/photos/") is HostPlace.NOWHERE
    assert place_of("ftp://shop.example/photos/") is HostPlace.OTHER_WAY
    for private in ("127.0.0.1", "[::1]", "10.1.2.3", "192.168.0.7", "169.254.169.254"):
        assert place_of(f"http://{private}/photos/") is HostPlace.PRIVATE
    assert place_of(f"http://{'a' * 70}.example/") is HostPlace.NOWHERE

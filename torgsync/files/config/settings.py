"""The folders of the program, and every environment variable that it reads.

TORGSYNC_HOME      the folder with objects, secrets, state, outbox, plans and logs
TORGSYNC_STATE     another SQLAlchemy URL for the state
TORGSYNC_PROM_URL  another address of the marketplace, with its /api/v1
"""

from __future__ import annotations

import getpass
import os
import socket
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from torgsync.disk import OTHERS, make_folder, stat_file
from torgsync.errors import UsageError
from torgsync.files.config.own_files import narrow_own_files
from torgsync.i18n import _
from torgsync.system import reason

if TYPE_CHECKING:
    from torgsync.core.config.settings import SyncObject

ADDRESSES = ("TORGSYNC_STATE", "TORGSYNC_PROM_URL")
"""Variables that move something out of the home folder."""
_NO_FILE = ("", ":memory:")


@dataclass(frozen=True, slots=True)
class Settings:
    """The folders in a home, and the two addresses that can be elsewhere."""

    home: Path
    state_url: str
    prom_url: str | None

    def without_state(self) -> Settings:
        """Return the same with a state in memory: empty, and forgotten at the end of the job."""
        return replace(self, state_url="sqlite://")

    def api_address(self, shop: SyncObject) -> str:
        """Return the address of the API of an object's marketplace."""
        return shop.connection.url or self.prom_url or shop.portal.url

    def rehearses(self, shop: SyncObject, address: str) -> bool:
        """Return whether an address is on the server where the marketplace is, such as one for rehearsals."""
        return urlsplit(address).netloc == urlsplit(self.api_address(shop)).netloc

    def hides(self, shop: SyncObject, address: str) -> bool:
        """Return whether a marketplace certainly cannot ask an address: no other network reaches its host."""
        from torgsync.core.loopback import is_private  # noqa: PLC0415  # few commands ask

        return is_private(urlsplit(address).hostname or "") and not self.rehearses(shop, address)

    @property
    def objects(self) -> Path:
        """Sync objects, one TOML file each."""
        return self.home / "objects"

    @property
    def secrets(self) -> Path:
        """Tokens, readable by the owner only."""
        return self.home / "secrets"

    @property
    def feeds(self) -> Path:
        """Import files on their way to Prom."""
        return self.home / "feeds"

    @property
    def fetched(self) -> Path:
        """Copies of files on servers, such as exports, a folder for each object."""
        return self.home / "fetched"

    @property
    def log(self) -> Path:
        """What commands that work with an object did, a line an event."""
        return self.home / "logs" / "torgsync.log"

    @property
    def state_file(self) -> Path | None:
        """The file of the state; None where it is in another database."""
        file = self.state_url.partition("?")[0].removeprefix("sqlite:///")
        return None if file == self.state_url or "://" in file or file in _NO_FILE else Path(file)

    def outbox(self, slug: str) -> Path:
        """Order files of one object, for Torgsoft to take."""
        return self.home / "outbox" / slug


def read_settings(home: Path | None = None, prom_url: str | None = None) -> Settings:
    """Return the settings of a home that exists from now on. Raises UsageError where it cannot be made."""
    settings = settings_of(home, prom_url)
    folder = settings.home
    try:
        make_folder(folder)
    except OSError as trouble:
        raise UsageError(
            _("the home folder `{folder}` cannot be made: {why}", folder=folder, why=reason(trouble)),
            hint=_("name another one with `--home DIR`"),
        ) from trouble
    narrow_own_files(folder, settings.state_file)
    return settings


def settings_of(home: Path | None = None, prom_url: str | None = None) -> Settings:
    """Return the settings: arguments, then environment, then platform. Nothing is made or changed."""
    given = os.environ.get("TORGSYNC_HOME")
    folder = (home or (Path(given) if given else _platform_home())).expanduser().absolute()
    state = os.environ.get("TORGSYNC_STATE") or f"sqlite:///{(folder / 'state.db').as_posix()}"
    return Settings(folder, state, prom_url or os.environ.get("TORGSYNC_PROM_URL") or None)


def _platform_home() -> Path:
    import platformdirs  # noqa: PLC0415  # only a call that names no home needs it

    return platformdirs.user_data_path("torgsync", appauthor=False)


def variable(name: str) -> str | None:
    """Return an environment variable, such as one that a sync object names; None where it is not set."""
    return os.environ.get(name) or None


def who() -> tuple[str, str, int]:
    """Return user, host and process id of this run."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a container without a user of that number
        user = "unknown"
    return user, socket.gethostname(), os.getpid()


@cache
def machine() -> str:
    """Return a name of the running system that process ids belong to, empty where the system has none.

    Hosts with one name are common, and so are containers on one host: neither sees the other's processes.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except (OSError, ValueError):
        return ""


def hosts() -> frozenset[str]:
    """Return the names by which people know this computer; a user of Windows may be one of a domain."""
    full = socket.gethostname()
    domain = variable("USERDOMAIN") if os.name == "nt" else None
    return frozenset(name for name in (full, full.split(".")[0], domain) if name)


def alive(pid: int) -> bool:
    """Return whether a process of this host still runs; a zombie does not."""
    import psutil  # noqa: PLC0415  # only another run's lease needs it

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def others_may_read(path: Path) -> bool:
    """Return whether other users of this machine may read a file; always False on Windows."""
    try:
        return os.name != "nt" and bool(stat_file(path).st_mode & OTHERS)
    except OSError:
        return False


def editor_of_user() -> str:
    """Return the command of the editor that the user has chosen, else the one that every system has."""
    usual = "notepad" if os.name == "nt" else "vi"
    return variable("VISUAL") or variable("EDITOR") or usual

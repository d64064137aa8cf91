"""What a worker lets pushed objects reach, as its options say."""

from __future__ import annotations

from collections.abc import Iterable

from torgsync.core.fleet.hosts import host_of, read_host
from torgsync.core.fleet.trust import PORTAL_HOSTS, Trust
from torgsync.core.text import message_of
from torgsync.errors import UsageError
from torgsync.files.config.settings import Settings
from torgsync.i18n import _

_OWN = ("TORGSYNC_STATE", "PGPASSWORD", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
"""Variables with secrets of the program itself."""


def worker_trust(
    settings: Settings,
    prefix: str | None = None,
    hosts: Iterable[str] = (),
    *,
    shared_disk: bool = False,
    private: bool = False,
) -> Trust:
    """Return what a worker in a home lets pushed objects reach: `Trust` says what the parameters mean.

    The address of a marketplace that the worker's environment names is allowed by that. Raises UsageError
    where an option is no host, or a prefix also names secrets of the program itself.
    """
    if prefix is not None and (not prefix.strip() or any(name.startswith(prefix) for name in _OWN)):
        own = next((name for name in _OWN if name.startswith(prefix)), "TORGSYNC_STATE")
        raise UsageError(
            _("the prefix `{prefix}` would let pushed objects read `{name}`", prefix=prefix, name=own),
            hint=_("give a longer one that only secrets of shops have, such as `SHOP_`"),
        )
    try:
        allowed = frozenset(map(read_host, hosts))
    except ValueError as wrong:
        raise UsageError(message_of(wrong)) from wrong
    named = host_of(settings.prom_url or "")
    known = PORTAL_HOSTS | allowed | ({named} if named else set())
    return Trust(str(settings.secrets), prefix or "", known, shared_disk=shared_disk, private=private)

"""Who may use a sandbox: programs and browsers of this machine.

Pages and cabinet need no token, the usual token is known to all, and a browser sends to a loopback address
whatever any page asks for: forms of other sites, and scripts of a site whose name resolves to this machine
(DNS rebinding).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from werkzeug.datastructures import Headers

from torgsync.core.loopback import is_loopback


def wrong_host(headers: Headers) -> str | None:
    """Return why a request may see nothing: its `Host` is no name of this machine; None where it is."""
    host = headers.get("Host", "")
    name = _place(f"//{host}")[0]
    # Browsers resolve each name below `localhost` to this machine themselves.
    if is_loopback(name) or name.endswith(".localhost"):
        return None
    return f"this sandbox is for its own machine only, not for the host `{host}`"


def named_shop(headers: Headers) -> str:
    """Return the token in a `Host` such as `sandbox-token-007.localhost:8765`, empty without one."""
    name = _place(f"//{headers.get('Host', '')}")[0]
    return name.removesuffix(".localhost") if name.endswith(".localhost") else ""


def wrong_origin(headers: Headers) -> str | None:
    """Return why a request may change nothing; None where it may.

    A browser says from which page a request was made: only from one of the same host and port.
    """
    if wrong := wrong_host(headers):
        return wrong
    for header in ("Origin", "Referer"):
        page = headers.get(header)
        if page is not None and _place(page)[1] != _place(f"//{headers['Host']}")[1]:
            return f"the cabinet takes nothing from pages of other sites, such as `{page}`"
    if headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return "the cabinet takes nothing from pages of other sites"
    return None


def _place(address: str) -> tuple[str, str]:
    """Return host, and host with port, of an address; empty where it has none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.hostname or "", parts.netloc.casefold()

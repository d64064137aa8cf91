"""What a trouble looks like to whoever called: answers in front of the shop, or what is left of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from torgsync.sandbox.faults import ConnectionCut

if TYPE_CHECKING:
    from torgsync.sandbox.faults import Met

# Made up after what such pages look like: no JSON, and words that no client should ever print.
BOT_PAGE = """<!DOCTYPE html><html lang="uk"><head><title>Just a moment...</title></head>
<body><h1>Перевіряємо, чи ви людина</h1><p>Увімкніть JavaScript і cookies.</p></body></html>"""
SERVER_PAGE = (
    "<html><head><title>{status}</title></head><body><center><h1>{status}</h1></center></body></html>"
)
HTTP_OK = 200
TOO_MANY = 429


def in_front(met: Met | None) -> Response | None:
    """Return the answer that comes without any effect, None where the shop itself is asked.

    Raise ConnectionCut where nothing comes at all.
    """
    if met is None:
        return None
    fault = met.fault
    if fault.does == "cut":
        raise ConnectionCut
    if fault.does == "web-page":
        return Response(BOT_PAGE, fault.status or HTTP_OK, content_type="text/html; charset=utf-8")
    if not fault.does.isdigit():
        return None
    status = int(fault.does)
    if status == TOO_MANY:
        answer = Response(json.dumps({"error": "Too many requests"}), status, mimetype="application/json")
    else:
        answer = Response(SERVER_PAGE.format(status=status), status, mimetype="text/html")
    if fault.retry_after is not None:
        answer.headers["Retry-After"] = f"{fault.retry_after:g}"
    return answer


def behind(met: Met | None, answer: Response) -> Response:
    """Return what is left of the shop's own answer; raise ConnectionCut where nothing is."""
    if met is None:
        return answer
    if met.fault.does == "lost":
        raise ConnectionCut
    if met.fault.does == "truncated":
        whole = answer.get_data()
        # The half's own length is told: only who reads the JSON can see that something is missing.
        answer.set_data(whole[: len(whole) // 2])
    return answer

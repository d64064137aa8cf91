"""The responses of faults: in place of the shop's own, or what remains of it."""

from __future__ import annotations

import json

from werkzeug.wrappers import Response

from torgsync.sandbox.faults import HTTP_OK, ConnectionCut, FaultHit

# Invented: no JSON, and words that no client should ever print.
BOT_PAGE = """<!DOCTYPE html><html lang="uk"><head><title>Just a moment...</title></head>
<body><h1>Перевіряємо, чи ви людина</h1><p>Увімкніть JavaScript і cookies.</p></body></html>"""
SERVER_PAGE = (
    "<html><head><title>{status}</title></head><body><center><h1>{status}</h1></center></body></html>"
)
TOO_MANY = 429


def before_effect(hit: FaultHit | None) -> Response | None:
    """Return the response of a fault without any effect, None where the shop itself answers.

    Raises ConnectionCut where there is no response at all.
    """
    if hit is None:
        return None
    fault = hit.fault
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


def after_effect(hit: FaultHit | None, answer: Response) -> Response:
    """Return what remains of the shop's own response; raises ConnectionCut where nothing does."""
    if hit is None:
        return answer
    if hit.fault.does == "lost":
        raise ConnectionCut
    if hit.fault.does == "truncated":
        whole = answer.get_data()
        # With the length of the half: only parsing the JSON shows that something is missing.
        answer.set_data(whole[: len(whole) // 2])
    return answer

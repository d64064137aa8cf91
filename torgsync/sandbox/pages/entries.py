"""Values that the pages show: texts in a language, remarks of imports, and requests of the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from torgsync.sandbox.api.answers import Language
from torgsync.sandbox.pages import words
from torgsync.sandbox.shop.imports import Import
from torgsync.sandbox.shop.shop import RequestRecord

MOST_ERRORS = 100
LONGEST_BODY = 2_000
HIDDEN_TOKEN = "•••"  # noqa: S105  # shown in place of a token


class LocalizedText(NamedTuple):
    """A text in the language of the request, or in the other one where it is missing."""

    text: str
    language: Language


class ImportRemark(NamedTuple):
    """One line of an import's report; `good` is the external id of the offer, "" without one."""

    stage: str
    good: str
    text: str


class LoggedRequest(NamedTuple):
    """One request of the log without tokens; a long `body` is cut."""

    record: RequestRecord
    address: str
    body: str


def localized(language: Language, russian: str, ukrainian: str | None) -> LocalizedText:
    """Return a text in a language, in Russian where there is no Ukrainian one."""
    if language == "uk" and ukrainian:
        return LocalizedText(ukrainian, "uk")
    return LocalizedText(russian, "ru")


def import_remarks(entry: Import) -> list[ImportRemark]:
    """Return the lines of an import's report, at most MOST_ERRORS."""
    remarks = []
    for error in entry.report.errors[:MOST_ERRORS] if entry.report else ():
        for stage, details in error.items():
            extra: Mapping[str, Any] = details["extra"]
            status = extra.get("status_code", "–")
            text = extra.get("message") or f"код {details['code']}, відповідь {status}"
            good = str(extra.get("external_id", ""))
            remarks.append(ImportRemark(words.STAGES.get(stage, stage), good, str(text)))
    return remarks


def logged_request(record: RequestRecord, tokens: Iterable[str]) -> LoggedRequest:
    """Return a request without tokens: the log has none of its own, but a client may write one anywhere."""
    body = record.body.decode(errors="replace")
    address = f"{record.path}?{record.query}" if record.query else record.path
    for token in tokens:
        for spelling in (token, quote(token), quote(token, safe="")):
            body, address = body.replace(spelling, HIDDEN_TOKEN), address.replace(spelling, HIDDEN_TOKEN)
    return LoggedRequest(record, address, f"{body[:LONGEST_BODY]}…" if len(body) > LONGEST_BODY else body)

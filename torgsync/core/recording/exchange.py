"""One request with its answer as a line of a recording, and the recording's first line.

A line is JSON. `at` is when the request was sent, `seconds` how long it took until the answer was complete.
A body is an object with its `kind`: `json`, `page` and `text` hold what it says, `form` its parts, `xml` the
text of an import file, `zip` the texts inside a spreadsheet, `bytes` only a size.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from torgsync.core.recording.rules import Pairs
from torgsync.errors import Mistake
from torgsync.i18n import Message, _

FORMAT = 1
"""The version of a recording's lines."""

Body = Mapping[str, Any]
"""A body of a request or an answer, with its `kind`."""


@dataclass(frozen=True, kw_only=True)
class RecordedAnswer:
    """What came back: `seconds` is how long all of it took."""

    status: int
    headers: Pairs
    body: Body | None
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and its answer; `answer` is None where none came, and `error` is why.

    `path` begins below the base address, encoded as it was sent. `number` counts from 1.
    """

    number: int
    at: datetime
    method: str
    path: str
    query: Pairs = ()
    headers: Pairs = ()
    body: Body | None = None
    answer: RecordedAnswer | None = None
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A whole recording, as its file holds it."""

    program: str
    exchanges: tuple[Exchange, ...] = field(default=())


def first_line(program: str) -> str:
    """Return the first line of a recording; `program` is the version that made it."""
    return _line({"torgsync_recording": FORMAT, "program": program})


def line_of(exchange: Exchange) -> str:
    """Return the line of an exchange."""
    answer = exchange.answer
    return _line(
        {
            "number": exchange.number,
            "at": exchange.at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "request": {
                "method": exchange.method,
                "path": exchange.path,
                "query": exchange.query,
                "headers": exchange.headers,
                "body": exchange.body,
            },
            "answer": answer
            and {
                "status": answer.status,
                "seconds": round(answer.seconds, 3),
                "headers": answer.headers,
                "body": answer.body,
            },
            "error": exchange.error or None,
        }
    )


def _line(document: Mapping[str, object]) -> str:
    """Return JSON on one line; half a sign of two, which no file in UTF-8 can hold, is escaped."""
    text = json.dumps(document, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(document)
    return text + "\n"


def read_recording(lines: Iterable[str]) -> Recording | list[Mistake]:
    """Return a recording, or all its mistakes with their lines."""
    mistakes: list[Mistake] = []
    exchanges: list[Exchange] = []
    program = ""
    number = 0
    for number, line in enumerate(lines, 1):
        try:
            document = json.loads(line)
            if number == 1:
                program = _program(document)
            else:
                exchanges.append(_exchange(document))
        except _NoExchange as wrong:
            mistakes.append(Mistake(number, wrong.where, wrong.message))
        except (ValueError, RecursionError):
            mistakes.append(Mistake(number, "", _("this is not one line of JSON")))
        if number == 1 and mistakes:
            return mistakes
    if number == 0:
        return [Mistake(0, "", _("the file is empty"))]
    return mistakes or Recording(program=program, exchanges=tuple(exchanges))


class _NoExchange(Exception):
    """A line that is JSON, but none of a recording."""

    def __init__(self, where: str, message: Message) -> None:
        super().__init__(message)
        self.where = where
        self.message = message


def _program(document: Any) -> str:  # noqa: ANN401  # JSON may be anything
    version = document.get("torgsync_recording") if isinstance(document, dict) else None
    if version is None:
        raise _NoExchange("", _("this is not a recording of torgsync; `--record FILE` makes one"))
    if version != FORMAT:
        raise _NoExchange(
            "torgsync_recording",
            _(
                "the format is {given}; this version of the program reads {known}",
                given=repr(version),
                known=FORMAT,
            ),
        )
    return str(document.get("program", ""))


def _exchange(document: Any) -> Exchange:  # noqa: ANN401  # likewise
    whole = _object("", document)
    request = _object("request", whole.get("request"))
    answer = whole.get("answer")
    return Exchange(
        number=_is("number", whole.get("number"), int),
        at=_moment("at", whole.get("at")),
        method=_is("request.method", request.get("method"), str),
        path=_is("request.path", request.get("path"), str),
        query=_pairs("request.query", request.get("query")),
        headers=_pairs("request.headers", request.get("headers")),
        body=_body("request.body", request.get("body")),
        answer=None if answer is None else _answer(_object("answer", answer)),
        error=str(whole.get("error") or ""),
    )


def _answer(answer: Mapping[str, Any]) -> RecordedAnswer:
    seconds = answer.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise _NoExchange("answer.seconds", _("this should be a number of seconds"))
    return RecordedAnswer(
        status=_is("answer.status", answer.get("status"), int),
        headers=_pairs("answer.headers", answer.get("headers")),
        body=_body("answer.body", answer.get("body")),
        seconds=float(seconds),
    )


def _object(where: str, value: Any) -> Mapping[str, Any]:  # noqa: ANN401  # likewise
    if not isinstance(value, dict):
        raise _NoExchange(where, _("this should be an object"))
    return value


def _is(where: str, value: Any, kind: type) -> Any:  # noqa: ANN401  # likewise
    if not isinstance(value, kind) or isinstance(value, bool):
        wrong = _("this should be a text") if kind is str else _("this should be a whole number")
        raise _NoExchange(where, wrong)
    return value


def _moment(where: str, value: Any) -> datetime:  # noqa: ANN401  # likewise
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise _NoExchange(where, _("this should be a date with a time and a zone")) from None
    if moment.tzinfo is None:
        raise _NoExchange(where, _("this should be a date with a time and a zone"))
    return moment.astimezone(UTC)


def _pairs(where: str, value: Any) -> Pairs:  # noqa: ANN401  # likewise
    wrong = _NoExchange(where, _("this should be a list of names with values"))
    if not isinstance(value, list):
        raise wrong
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2 or not all(map(_is_text, pair)):  # noqa: PLR2004 - a name and a value
            raise wrong
    return tuple((name, text) for name, text in value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _body(where: str, value: Any) -> Body | None:  # noqa: ANN401  # likewise
    if value is None:
        return None
    if not isinstance(_object(where, value).get("kind"), str):
        raise _NoExchange(where, _("this should be an object with its `kind`"))
    return _object(where, value)

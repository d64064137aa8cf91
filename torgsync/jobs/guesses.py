"""What was found out about an export that nobody said, and the key that says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from torgsync.files.trs import TrsFile


@dataclass(frozen=True, slots=True)
class Guess:
    """One thing that was found out: what, how it is, why it is believed.

    `key` is the key under `[catalog]` that overrides it, empty where nothing does.
    """

    what: str
    value: str
    because: str
    key: str = ""


def guesses(catalog: TrsFile) -> tuple[Guess, ...]:
    """Return what was found out about an export."""
    width = len(catalog.columns)
    believed = "a byte order mark says so" if catalog.bom else "the whole file reads so"
    found = [
        Guess("format", "trs", "it does not begin with `<`"),
        Guess("encoding", catalog.encoding, believed, "encoding"),
    ]
    if catalog.has_header:
        found.append(Guess("header", "yes", "the first row holds column names", "header"))
    else:
        found += [
            Guess("header", "no", "the first row holds no column names", "header"),
            Guess("layout", f"the {width} standard columns", "rows have as many, and their values fit"),
        ]
    return tuple(found)

"""The catalogue of findings: every code has a meaning, and every code that is made from data a sentence."""

from __future__ import annotations

import re

from torgsync.cli.messages.findings import SENTENCES, finding_message
from torgsync.cli.messages.meanings import MEANING
from torgsync.core.findings import Code, Finding
from torgsync.core.reason import Args, decode_args, encode_args


def test_every_code_has_a_meaning() -> None:
    """What it means and what to do: one sentence without a full stop, which fits a line."""
    assert set(MEANING) == set(Code)
    for sentence in MEANING.values():
        assert re.fullmatch(r"[^\n]{20,110}[^.\s]", sentence)
    assert len(set(MEANING.values())) == len(MEANING)


def test_every_finding_about_a_good_or_a_file_has_a_sentence() -> None:
    """Findings about orders, clients and payments are in catalogues of their own."""
    others = ("order-", "outbox-", "client", "payment-")
    assert {code for code in Code if not code.startswith(others)} <= set(SENTENCES)


def test_a_sentence_is_made_of_stored_arguments() -> None:
    """What the state kept as JSON makes the same sentence again."""
    args: Args = {"names": ["Колір", "Розмір"], "grouped": True}
    finding = Finding(Code.VARIANT_MISSING, args=decode_args(encode_args(args)))
    assert finding_message(finding) == (
        "lacks `Колір`, `Розмір`, which the other goods of its model have; "
        "what tells it apart on Prom stays as it is there"
    )


def test_a_case_chooses_the_sentence() -> None:
    """One code may have several sentences."""
    rounded = Finding(Code.PRICE_MISSING, args={"case": "rounded", "amount": "0.004", "price": "0.00"})
    assert finding_message(rounded) == "0.004 is rounded to 0.00; none is sent"
    assert finding_message(Finding(Code.PRICE_MISSING, args={"case": "empty"})) == (
        "there is no price; none is sent"
    )

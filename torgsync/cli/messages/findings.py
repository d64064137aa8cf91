"""The sentence of each finding, and what it means for the good or the order.

Nothing but this catalogue makes these sentences, so that another language is another catalogue.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torgsync.cli.messages import orders
from torgsync.core.findings import Code, Finding

SENTENCES: dict[Code, str | Callable[..., str]] = {**orders.FINDINGS}
"""A template filled with the finding's arguments, or a function that takes them by name."""


def finding_message(finding: Finding) -> str:
    """Return the sentence of a finding."""
    if finding.message:
        return finding.message
    if finding.order:
        return orders.order_message(finding)
    sentence = SENTENCES[finding.code]
    args: dict[str, Any] = dict(finding.args)
    return sentence(**args) if callable(sentence) else sentence.format_map(args)

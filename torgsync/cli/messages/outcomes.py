"""The sentences of a run: what it reports meanwhile, and why each change ended as it did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from torgsync.core.text import counted

if TYPE_CHECKING:
    from torgsync.core.reason import Reason
    from torgsync.jobs.push.execute import Notice

WORDS = {"done": "done", "refused": "refused", "unclear": "unclear", "deferred": "left for later"}
"""How people read an outcome."""

_NOTICES = {
    "orders-left": "orders stay on Prom.ua: what was sold since the last fetch is offered again",
    "import-recovered": "an import that an earlier run left behind was settled first",
    "earlier-reconciled": "{left} left open: what became of them was looked up",
}


def notice_message(notice: Reason[Notice]) -> str:
    """Return the sentence of what a run reports meanwhile."""
    args: Mapping[str, Any] = notice.args
    left = counted(args.get("count", 0), "change that an earlier run", "changes that an earlier run")
    return _NOTICES[notice.code].format(left=left)

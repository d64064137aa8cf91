"""Where order files are put; what places for files promise is tested in `places/`."""

from __future__ import annotations

from pathlib import Path

import pytest
from servers import PASSWORD, ftp_server

from torgsync.files.orders.outbox import open_outbox, try_outbox


@pytest.mark.parametrize("kind", ["folder", "ftp"])
def test_an_outbox_is_tried_without_a_trace(kind: str, tmp_path: Path) -> None:
    """One that is not there yet is not made, and no file is left in one that is."""
    with ftp_server(tmp_path) as server:
        place = f"{server.url}orders" if kind == "ftp" else str(tmp_path / "orders")
        with open_outbox(place, PASSWORD) as outbox:
            assert try_outbox(outbox) is False
            assert outbox.names() is None
            outbox.write("order-1.json", b"{}\n")
            assert try_outbox(outbox) is True
            assert set(outbox.names() or ()) == {"order-1.json"}

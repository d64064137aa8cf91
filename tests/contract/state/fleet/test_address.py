"""The address of a state's server, as another driver takes it."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict

from torgsync.state.fleet.address import server_address


@pytest.mark.parametrize("driver", ["postgresql", "postgresql+psycopg"])
def test_an_address_of_postgresql(driver: str) -> None:
    """Password, socket and options are as written, whatever letters they have."""
    address = server_address(
        f"{driver}://me:p%40ss%2Fw%3A@db.example:6432/shops?sslmode=require&connect_timeout=3"
    )
    assert address
    found = conninfo_to_dict(address)
    assert (found["user"], found["password"], found["host"], found["port"], found["dbname"]) == (
        *("me", "p@ss/w:", "db.example", "6432", "shops"),
    )
    assert (found["sslmode"], found["connect_timeout"], found["keepalives_count"]) == ("require", "3", "3")


@pytest.mark.parametrize("url", ["sqlite:///x.db", "sqlite://", "rubbish", "mysql://me@db.example/x", ""])
def test_others_have_no_queue(url: str) -> None:
    """Nor has what is no address."""
    assert server_address(url) is None

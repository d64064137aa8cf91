"""A scenario is the initial state of a sandbox; all its mistakes are reported at once."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from textwrap import dedent
from typing import Any

import pytest

from torgsync.sandbox import scenario
from torgsync.sandbox.faults import Fault
from torgsync.sandbox.quirks import Quirks, Rights
from torgsync.sandbox.scenario import Filling, Scenario, read_quirks, read_scenario


def read(text: str) -> Scenario | list[Any]:
    return read_scenario(tomllib.loads(text), len)


def test_nothing_said() -> None:
    """Every table may be left out."""
    assert read("") == Scenario()


def test_the_example() -> None:
    """The example that explains the format is a scenario."""
    assert scenario.__doc__ is not None
    text = dedent(scenario.__doc__.split("\n", 2)[2].rsplit("\n\n", 1)[0])
    expires = datetime(2026, 3, 9, 12, tzinfo=UTC)
    assert read(text) == Scenario(
        shop=Filling(products=200, seed=7),
        tokens={"sandbox": Rights.full(), "orders-only": Rights(orders="read", expires=expires)},
        quirks=Quirks(last_id="inclusive", import_seconds=20),
        faults=(Fault("429", on="POST products/edit*", nth=2, retry_after=3),),
    )


def test_tokens() -> None:
    """A word for all sections, or a right for each; a date without a zone is in UTC."""
    found = read(
        """
        [tokens]
        a = "write"
        b = "read"
        c = "none"
        d = "expired"
        e = { products = "write", expires = 2026-03-09T12:00:00 }
        """
    )
    assert isinstance(found, Scenario)
    tokens = dict(found.tokens)
    assert tokens.pop("d").expired(datetime.now(UTC))
    one = Rights(products="write", expires=datetime(2026, 3, 9, 12, tzinfo=UTC))
    assert tokens == {"a": Rights.full(), "b": Rights.read_only(), "c": Rights(), "e": one}


def test_a_number_for_a_trouble() -> None:
    """`does = 429` is as good as the text."""
    assert read("[[faults]]\ndoes = 429") == Scenario(faults=(Fault("429"),))


def test_all_mistakes() -> None:
    """Each with its place, in words that help."""
    found = read(
        """
        shop = { products = -1 }
        manner = { last_id = "inclusive" }
        [manners]
        last_id = "both"
        import_secs = 3
        imports_per_day = "9"
        [tokens]
        a = "all"
        b = { products = "all" }
        c = { expires = 5 }
        d = 5
        [[faults]]
        on = "POST"
        [[faults]]
        does = "cut"
        nth = 0
        seconds = 2
        [[faults]]
        does = "400"
        often = 2
        """
    )
    assert isinstance(found, list)
    messages = {mistake.where: mistake.message for mistake in found}
    assert messages == {
        "shop": "`products` is not between 0 and 100000",
        "manner": "there is no such key; did you mean `manners`?",
        "manners.last_id": '"both" is not one of `exclusive`, `inclusive`',
        "manners.import_secs": "there is no such key; did you mean `import_seconds`?",
        "manners.imports_per_day": "this should be a whole number, without quotes",
        "tokens.a": '"all" is not one of `write`, `read`, `none`, `expired`',
        "tokens.b.products": '"all" is not one of `none`, `read`, `write`',
        "tokens.c.expires": "this should be a date with a time, such as `2026-03-09T12:00:00Z`",
        "tokens.d": "this should be one of `write`, `read`, `none`, `expired`, or a table of sections",
        "faults[0].does": "this key is needed",
        "faults[1]": "`nth` is below 1; `cut` does not accept `seconds`",
        "faults[2]": '"400" is not a fault; there are `429`, `lost`, `cut`, `slow`, `truncated`, '
        "`web-page`, `gaps`, `import-refused`, `import-never-ends`, `import-fails`, "
        "`photos-missing`, `status-warning`, `parcel-refused`, `no-lines`, and `500` to `599`",
        "faults[2].often": "there is no such key; there are `does`, `on`, `nth`, `every`, `first`, `last`, "
        "`share`, `seed`, `retry_after`, `seconds`, `status`, `items_every`, `items_share`, "
        "`reason`, `lines`",
    }
    assert [mistake.line for mistake in found] == sorted(mistake.line for mistake in found)


@pytest.mark.parametrize(
    ("text", "where"),
    [("shop = 5", "shop"), ("tokens = 5", "tokens"), ("faults = 5", "faults"), ("faults = [5]", "faults[0]")],
)
def test_what_is_no_table(text: str, where: str) -> None:
    """A value in the place of a table is a mistake."""
    found = read(text)
    assert isinstance(found, list)
    assert [mistake.where for mistake in found] == [where]


def test_quirks_in_words() -> None:
    """Quirks that are not named stay unchanged."""
    base = Quirks(second_import="refuse")
    changed = read_quirks(base, ["last_id=inclusive", "root_group_only = true", "import_seconds=0.5"])
    assert changed == replace(base, last_id="inclusive", root_group_only=True, import_seconds=0.5)
    assert read_quirks(base, []) == base


def test_invalid_quirks_in_words() -> None:
    """All mistakes are reported."""
    with pytest.raises(ValueError, match="last_id") as refused:
        read_quirks(Quirks(), ["last_id=both", "politeness=high"])
    assert "politeness: there is no such key" in str(refused.value)
    for seconds in ("nan", "inf", "-1"):
        with pytest.raises(ValueError, match="`import_seconds` is not between 0 and 86400"):
            read_quirks(Quirks(), [f"import_seconds={seconds}"])
    with pytest.raises(ValueError, match="`imports_per_day` is below 0"):
        Quirks(imports_per_day=-1)

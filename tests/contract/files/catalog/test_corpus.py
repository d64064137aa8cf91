"""What reading promises of every quirk that `docs/developers/torgsoft.md` names, each an export in
`tests/data`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from corpus import DATA, FOLDERS, answer, expected, exports, set_up
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from matrix import sampled
from typer.testing import CliRunner

from torgsync.cli.app import app
from torgsync.cli.base.program import Program
from torgsync.errors import Exit

SECTIONS = {
    "2.1": "how a file arrives",
    "2.2": "how a file is written down",
    "2.3": "letters that were lost before",
    "2.4": "the sample rows",
    "3.1": "standard columns",
    "3.2": "more columns",
    "3.3": "layouts",
    "3.4": "layouts without a header",
    "3.5": "dirty values",
    "3.8": "labels",
    "3.6": "relations between columns",
    "3.9": "words for shown, hidden and available",
    "4": "models",
    "5": "languages",
    "6": "photos",
    "7": "accounting centers",
    "8": "sections",
    "9": "YML",
    "10": "spreadsheets",
    "16": "what others suffer from",
    "17": "defensive readings",
}
"""The sections of the reference that name quirks of an export."""

QUIRKS = set(
    """
    article-cut-at-30 barcodes bas-csv-mapped blank-lines bom-glued-to-goodid
    category-minus-1-with-path centers-column-missing centers-keep centers-keep-of-sum
    centers-mismatch centers-mistyped centers-one-file-each centers-summed centers-ticked
    centers-unreadable color-of-50 column-pairs columns-renamed csv-apostrophe csv-backslash-quotes
    csv-excel-text-formula csv-formula-key-later currency-sign decimal-comma decimal-point
    delimiter-forced description-is-part-of-name display-0-with-stock display-turns-to-words
    display-unknown double-bom duplicate-characteristic dynamic-columns empty-model-is-nothing
    encoding-cp1251 encoding-cp1251-late encoding-forced encoding-utf8 encoding-utf8-bom
    end-mark-of-dos goodid-spelt-otherwise header-absent header-forced-off header-forced-on
    header-in-other-case html-with-line-ends ids-duplicate ids-odd ids-renumbered ids-respelled
    invisible-in-values keywords-become-semicolons labels-of-torgsoft labels-russian-mapped
    lacks-fields layout-40-with-header layout-40-without-header layout-48-with-header
    layout-48-without-header layout-50-with-header layout-50-without-header layout-reordered
    line-ends-mixed looks-like-50 lost-letters model-all-alike model-by-id model-by-name
    model-characteristic-more model-never-by-article model-same-size-twice model-size-missing
    name-html name-missing name-of-142 name-with-bar nameless-last-column new-description
    no-last-line-end-accepted numbers-refused numbers-with-blanks one-language one-language-russian
    only-in-stock percent-contradicts-prices percent-of-discount photos-case-of-extension
    photos-eleven photos-exact-id photos-in-numeric-order photos-no-folder photos-of-vanished-goods
    photos-only-with placeholders placeholders-of-the-shop price-differs-inside-a-model
    price-missing price-thousands price-words prices-markup-and-rounding producer-equals-country
    quote-astray quotes-doubled refused-54-columns refused-archive refused-centers-of-other-columns
    refused-commerceml refused-cut-at-a-line-end refused-cut-in-mid-row refused-empty
    refused-extra-columns-too-few refused-header-twice refused-id-with-decimals
    refused-key-column-gone refused-key-empty refused-looks-like-50 refused-no-last-line-end
    refused-no-last-line-end-csv refused-old-line-ends refused-only-a-header refused-other-encoding
    refused-prom-export refused-replacement-letters refused-shop-list refused-types-do-not-confirm
    refused-uneven-columns refused-unknown-names refused-utf16 refused-web-page-with-a-table
    refused-yml-bare-ampersand refused-yml-cut refused-yml-keys-differ resaved-with-commas
    resaved-with-tabs resaved-without-header rows-of-delimiters rows-unsorted sample-m1-40-columns
    sample-m2-50-columns sample-m4-48-columns sample-m5-50-columns sample-m5-negative-stock
    sample-m5-negative-stock-shown secrets-never-sent sections-both-separators sections-by-good-type
    sections-by-number-and-name sections-conflicting-parents sections-product-group
    sections-product-group-mistyped sections-same-name sections-unreadable sections-with-commas sex
    six-columns-more sizes sizes-reformatted stock-fractions-and-below-zero stock-mismatch
    stock-unchecked torgsoft-yml-quot trailing-blanks trs-html-entities unit-blank values-replaced
    values-split-by-underscore visibility-on-site wholesale-equals-prime-cost xlsx-goods-list
    xlsx-stock-list yml-available yml-available-with-stock yml-available-words
    yml-available-words-alone yml-cp1251 yml-declared-utf16 yml-entities-of-html yml-in-a-trs
    yml-name-ua yml-old-price-names yml-oldprice yml-param-absent yml-param-unit
    yml-params-with-quotes yml-pictures-with-windows-paths yml-quoted-name yml-repeated-elements
    yml-uuid-categories yml-vendor-model yml-wholesale-prices
    """.split()
)
"""Every quirk that has an export: none of them may get lost."""

_QUIRK = re.compile(r".+ \(torgsoft §([0-9.]+)\)")


def section_of(name: str) -> str:
    """Return the section of the reference that names a folder's quirk."""
    found = _QUIRK.fullmatch(str(expected(name)["quirk"]))
    assert found, f"{name}: one sentence with its section, such as (torgsoft §3.5)"
    return found[1]


def run(home: Path, *args: str) -> tuple[int, str]:
    """Return the exit code and stdout of one command; an exception that it did not foresee is raised."""
    result = CliRunner().invoke(app, list(args), obj=Program(home, "http://127.0.0.1:9"))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


@pytest.mark.parametrize("name", FOLDERS)
def test_an_export_gives_its_expected_result(tmp_path: Path, name: str) -> None:
    """Goods, findings and facts, or the refusal in its words."""
    wanted = expected(name)
    assert next(iter(wanted)) == "quirk"
    del wanted["quirk"]
    assert answer(set_up(name, tmp_path), wanted.pop("fields", None)) == wanted


@pytest.mark.parametrize("name", sampled(FOLDERS, *FOLDERS[::10]))
def test_a_check_reports_the_same(tmp_path: Path, name: str) -> None:
    """The same findings as the plan; it ends with 3 for what is refused, and for nothing else."""
    set_up(name, tmp_path / "objects")
    code, out = run(tmp_path, "object", "check", "--format", "json")
    document: dict[str, Any] = json.loads(out)
    wanted = expected(name)
    assert code == (Exit.INVALID if "refused" in wanted else Exit.DONE)
    if "refused" not in wanted:
        codes = sorted(found["code"] for found in document["findings"])
        assert codes == sorted(found["code"] for found in wanted["findings"])


def test_every_quirk_names_its_section() -> None:
    """In one sentence; and no section is left without an export."""
    assert {section_of(name) for name in FOLDERS} == set(SECTIONS)


def test_no_quirk_is_missing() -> None:
    """Neither from the corpus nor from the list of it."""
    assert set(FOLDERS) == QUIRKS


def test_the_corpus_stays_small() -> None:
    """A person can read every file of it."""
    assert [path.name for path in DATA.rglob("*") if path.is_file() and path.stat().st_size > 16_000] == []


# Mutated exports

_DESIGNED = {Exit.DONE, Exit.PENDING, Exit.INVALID, Exit.UNSAFE, Exit.HELD}


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, str, bytes]:
    """Draw an export of the corpus, the file in it that is spoilt, and its bytes."""
    name = draw(st.sampled_from(FOLDERS))
    path = draw(st.sampled_from(exports(name)))
    content = path.read_bytes()
    for _ in range(draw(st.integers(1, 3))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(content))] * 2)))
        match draw(st.sampled_from(["flip", "cut", "insert", "double", "ends", "splice"])):
            case "flip":
                content = (
                    content[:start]
                    + bytes(byte ^ 0x20 for byte in content[start : start + 1])
                    + (content[start + 1 :])
                )
            case "cut":
                content = content[:start] + content[end:]
            case "insert":
                content = content[:start] + draw(st.binary(min_size=1, max_size=8)) + content[start:]
            case "double":
                content = content[:end] + content[start:end] + content[end:]
            case "ends":
                old, new = draw(st.permutations([b"\r\n", b"\n"]))
                content = content.replace(old, new)
            case _:
                other = draw(st.sampled_from(exports(draw(st.sampled_from(FOLDERS)))))
                content = content[:start] + other.read_bytes()[-end:]
    return name, path.name, content


@pytest.mark.parametrize("_part", sampled(range(12), 0))
@settings(max_examples=20, phases=[Phase.generate], deadline=None)
@given(mutated())
def test_no_spoilt_export_is_more_than_refused(_part: int, spoilt: tuple[str, str, bytes]) -> None:
    """Whatever its bytes are: every command ends with a code that was promised, never with a traceback."""
    name, file, content = spoilt
    with TemporaryDirectory() as folder:
        home = Path(folder)
        set_up(name, home / "objects")
        (home / "objects" / file).write_bytes(content)
        assert run(home, "object", "check")[0] in {Exit.DONE, Exit.INVALID}
        assert run(home, "update", "--offline")[0] in _DESIGNED

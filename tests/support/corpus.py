"""The corpus in `tests/data`: a small invented export for every quirk, and the expected result.

A folder holds an export as Torgsoft or a merchant would write it, `expected.json`, and where they matter
`object.toml`, photos, and as `next.*` the export of the next day, which is not read with it. The default sync
object has only a path; `torgsync fields add-all` maps its columns.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path
from typing import Any

from builders import NOON

from torgsync.core.findings import Finding
from torgsync.core.product.fields import FIELDS, encode
from torgsync.errors import ExportInvalid
from torgsync.files.catalog.export import open_export
from torgsync.files.config.objects import load_object
from torgsync.files.config.settings import Settings
from torgsync.jobs.config.fields import add_standard_fields
from torgsync.jobs.context import JobContext
from torgsync.jobs.plan.result import findings, skipped
from torgsync.jobs.plan.update import update
from torgsync.state.store import open_store

DATA = Path(__file__).parents[1] / "data"
FOLDERS = sorted(path.name for path in DATA.iterdir() if path.is_dir())
EXPECTED = "expected.json"
_OWN = {EXPECTED, "object.toml"}

Document = dict[str, Any]
"""A part of `expected.json`."""


def expected(name: str) -> Document:
    """Return the expected result of an export."""
    document: Document = json.loads((DATA / name / EXPECTED).read_text("utf-8"))
    return document


def exports(name: str) -> list[Path]:
    """Return the files that the accounting program wrote on the first day, without photos."""
    files = (path for path in (DATA / name).iterdir() if path.is_file() and path.name not in _OWN)
    return sorted(path for path in files if path.stem != "next")


def set_up(name: str, place: Path) -> Path:
    """Copy a folder of the corpus to `place`, map all standard fields and return its sync object's file."""
    shutil.copytree(DATA / name, place, dirs_exist_ok=True)
    path = place / "object.toml"
    if not path.exists():
        (export,) = exports(name)
        path.write_text(
            f'name = "My Prom"\napi_key = "invented"\n\n[catalog]\npath = "{export.name}"\n', "utf-8"
        )
    with contextlib.suppress(ExportInvalid):  # a refused file has no columns to map
        add_standard_fields(load_object(path))
    return path


def answer(path: Path, fields: list[str] | None = None) -> Document:
    """Return the result of an export in the shape of `expected.json`, only `fields` of its goods if given."""
    place = path.parent
    store = open_store(f"sqlite:///{place / 'state.db'}")
    try:
        context = JobContext(Settings(place, "", None), load_object(path), store, now=lambda: NOON)
        return _result(context, fields)
    except ExportInvalid as refused:
        return _refusal(refused, place)
    finally:
        store.close()


def _result(context: JobContext, fields: list[str] | None) -> Document:
    file = open_export(context.file)
    made = update(context, None)
    with context.transaction() as work:
        ids = list(dict.fromkeys(file.good_id(record) for record in file.records()))
        known = work.products.known(ids)
        out = {item.good_id: item.reason for item in skipped(work, made)}
        found = sorted(map(finding_document, findings(work, made)), key=repr)
    goods = {
        good_id: _values(product.values, fields)
        for good_id, one in known.items()
        if (product := one.desired) and good_id not in out
    }
    info = made.plan.export
    document: Document = {
        "facts": {
            "goods": info.goods,
            "kind": str(file.kind),
            "encoding": info.encoding,
            "columns": len(file.columns),
            "header": file.has_header,
        },
        "goods": {good_id: goods[good_id] for good_id in ids if good_id in goods},
    }
    if out:
        document["out"] = out
    document["findings"] = found
    return document


def _values(values: Any, fields: list[str] | None) -> Document:  # noqa: ANN401
    document: Document = {name: encode(FIELDS[name], value) for name, value in values.items()}
    if "photos" in document:  # the digest of the content means nothing to a reader
        document["photos"] = [photo["url"] for photo in document["photos"]]
    return {name: value for name, value in document.items() if fields is None or name in fields}


def finding_document(finding: Finding) -> Document:
    """Return a finding without its message, which may change."""
    place = {"good": finding.good_id}
    place |= {name: getattr(finding, name) for name in ("line", "column", "value", "file")}
    return {"code": str(finding.code)} | {name: value for name, value in place.items() if value}


def _refusal(refused: ExportInvalid, place: Path) -> Document:
    """Return the messages of a refusal, with paths relative to the folder."""
    document: Document = {"refused": refused.message, "hint": refused.hint or ""}
    if refused.mistakes:
        document["mistakes"] = [str(mistake) for mistake in refused.mistakes]
    text = json.dumps(document, ensure_ascii=False).replace(f"{place}/", "").replace(f"{place}\\\\", "")
    shortened: Document = json.loads(text)
    return shortened

"""Writes a new sync object, with its JSON Schema next to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from torgsync.errors import UsageError
from torgsync.files.config.text_files import replace_text

SCHEMA_FILE = "torgsync.schema.json"
"""The schema that sync objects name in their first line, so that editors complete and check keys."""


def write_new(
    path: Path, data: Mapping[str, Any], *, schema: Mapping[str, Any], remarks: Mapping[str, str]
) -> None:
    """Write a new sync object, and its JSON Schema next to it.

    Each table gets a comment from `remarks`, which are keyed by table. Raises UsageError where there is one
    of that name.
    """
    if path.exists():
        raise UsageError(
            f"there is a sync object `{path.stem}` already",
            hint=f"look at it: `torgsync object show {path.stem}`",
        )
    replace_text(path.with_name(SCHEMA_FILE), json.dumps(schema, ensure_ascii=False, indent=2) + "\n")
    lines = [f"#:schema {SCHEMA_FILE}"]
    for line in tomli_w.dumps(data).splitlines():
        if remark := remarks.get(line.strip("[]")) if line.startswith("[") else None:
            lines.append(f"# {remark}")
        lines.append(line)
    replace_text(path, "\n".join(lines) + "\n")

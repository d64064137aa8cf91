"""The numbers of schemas, also for what reads a state without SQLAlchemy."""

from __future__ import annotations

FIRST = "0010"
"""The first schema that was released."""
NEWEST = "0019"
"""The schema of this program, so that Alembic need not be loaded; a test holds it equal to the migrations."""

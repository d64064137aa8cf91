"""Runs migrations on the connection that `state/store.py` hands over, inside its transaction."""

from alembic import context

from torgsync.state.schema.base import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True
)
context.run_migrations()

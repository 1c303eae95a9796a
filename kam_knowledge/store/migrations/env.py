"""Alembic's entry: runs the migrations on the connection it was handed."""

from typing import Any

from alembic import context

from kam_knowledge.store.models import Base
from kam_knowledge.store.touched_ddl import OF


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """What triggers keep is no model of ours: full-text tables and their shadows, and the rows
    by contact of what touches list."""
    return not (kind == "table" and name and name.startswith("passage_fts")) and name not in (
        "passage_terms",
        "ix_passages_lexemes",
        *OF.values(),
    )


def include_object(
    _object: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any
) -> bool:
    """The generated tsvector column exists on PostgreSQL alone."""
    return not (kind == "column" and name == "lexemes")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=include_name,
    include_object=include_object,
    render_as_batch=False,
)
with context.begin_transaction():
    context.run_migrations()

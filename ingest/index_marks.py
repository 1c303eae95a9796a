"""What the store is indexed with: the embedding model and the tokeniser, in `State`."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ingest.insertion import insert_new
from kam_knowledge.errors import IndexMismatch
from kam_knowledge.language.tokens import TOKENISER_VERSION
from kam_knowledge.store.models import State

EMBEDDING_MODEL, TOKENISER = "embedding_model", "tokeniser"
"""The keys under which they are recorded."""


def check_tokeniser(session: Session) -> None:
    """Raises IndexMismatch when the stored tokens were made by another version."""
    recorded = recorded_mark(session, TOKENISER)
    if recorded not in (None, TOKENISER_VERSION):
        raise IndexMismatch(
            f"the full text was indexed by tokeniser {recorded}; "
            f"this program has {TOKENISER_VERSION}.",
            "Run `kam reindex` to build it anew.",
        )


def record_first(session: Session, key: str, value: str) -> None:
    """Records what the store is indexed with, where nothing is recorded yet."""
    insert_new(session, State, [{"key": key, "value": value}])


def recorded_mark(session: Session, key: str) -> object:
    """What is recorded under the key, None where nothing is."""
    return session.scalar(select(State.value).where(State.key == key))

"""Where the message of a question stands, so that it can be forgotten when it is deleted.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("thread_turns", sa.Column("place", sa.String(length=200), nullable=True))
    op.create_index("ix_thread_turns_place", "thread_turns", ["place"])


def downgrade() -> None:
    op.drop_index("ix_thread_turns_place", table_name="thread_turns")
    op.drop_column("thread_turns", "place")

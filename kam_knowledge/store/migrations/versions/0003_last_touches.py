"""The last touch of a contact without reading all touches: rows by contact, mass mails marked.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kam_knowledge.language.mass_mail import is_mass_mail
from kam_knowledge.store.touched_ddl import (
    postgresql_down,
    postgresql_up,
    sqlite_down,
    sqlite_up,
)

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INDICES = {
    "interactions": "ix_interactions_account_date",
    "activities": "ix_activities_account_date",
}


def upgrade() -> None:
    op.add_column("interactions", sa.Column("mass", sa.Boolean(), nullable=True))
    _mark()
    op.create_index("ix_notes_kind_account", "notes", ["kind", "account_id"])
    op.create_index("ix_interactions_mass", "interactions", ["mass"])
    for table, name in _INDICES.items():
        op.create_index(name, table, ["account_id", "date"])
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in postgresql_up() if postgresql else sqlite_up():
        op.execute(sa.text(statement))


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in postgresql_down() if postgresql else sqlite_down():
        op.execute(sa.text(statement))
    for table, name in _INDICES.items():
        op.drop_index(name, table_name=table)
    op.drop_index("ix_notes_kind_account", table_name="notes")
    op.drop_index("ix_interactions_mass", table_name="interactions")
    op.drop_column("interactions", "mass")


def _mark() -> None:
    """Marks the mails; what is no mail is no mass mail."""
    connection = op.get_bind()
    touch = sa.table("interactions", sa.column("id"), sa.column("note_id"), sa.column("kind"),
                     sa.column("mass", sa.Boolean))  # fmt: skip
    note = sa.table("notes", sa.column("id"), sa.column("title"), sa.column("text"))
    connection.execute(sa.update(touch).values(mass=False))
    mails = sa.select(touch.c.id, note.c.title, note.c.text).where(
        touch.c.note_id == note.c.id, touch.c.kind == "email"
    )
    rows = connection.execute(mails, execution_options={"yield_per": 500})
    found = [key for key, title, text in rows if is_mass_mail("email", title, text)]
    for key in found:
        connection.execute(sa.update(touch).where(touch.c.id == key).values(mass=True))

"""Who was at which touch, as tables by contact: what "when did we last talk to them" is read from.

The lists in `interactions` and `activities` stay the truth; triggers keep one row for each contact
in them, so that the last touch of thousands of contacts is found without reading all touches.
"""

from __future__ import annotations

from collections.abc import Iterator

OF = {"interactions": "interaction_contacts", "activities": "activity_contacts"}
"""The table with the lists, and the one with a row a contact: `contact_id`, `date`, `touch_id`."""


def sqlite_up() -> Iterator[str]:
    """DDL for SQLite, the rows of what is there included."""
    for lists, rows in OF.items():
        yield f"""CREATE TABLE {rows} (
            contact_id INTEGER NOT NULL, date DATE NOT NULL, touch_id INTEGER NOT NULL,
            PRIMARY KEY (contact_id, date, touch_id)) WITHOUT ROWID"""
        yield f"CREATE INDEX ix_{rows}_touch_id ON {rows} (touch_id)"
        one_each = f"""INSERT OR IGNORE INTO {rows} (contact_id, date, touch_id)
            SELECT value, new.date, new.id FROM json_each(new.contact_ids)
            WHERE type = 'integer';"""
        gone = f"DELETE FROM {rows} WHERE touch_id = old.id;"
        yield f"CREATE TRIGGER {rows}_insert AFTER INSERT ON {lists} BEGIN {one_each} END"
        yield f"CREATE TRIGGER {rows}_delete AFTER DELETE ON {lists} BEGIN {gone} END"
        yield f"""CREATE TRIGGER {rows}_update AFTER UPDATE OF contact_ids, date ON {lists}
            BEGIN {gone} {one_each} END"""
        yield f"""INSERT OR IGNORE INTO {rows} (contact_id, date, touch_id)
            SELECT value, date, {lists}.id FROM {lists}, json_each({lists}.contact_ids)
            WHERE type = 'integer'"""


def sqlite_down() -> Iterator[str]:
    """Takes it all back."""
    for rows in OF.values():
        for event in ("insert", "delete", "update"):
            yield f"DROP TRIGGER {rows}_{event}"
        yield f"DROP TABLE {rows}"


def _elements(column: str) -> str:
    """The ids in a JSON list; of anything else none."""
    held = f"CASE json_typeof({column}) WHEN 'array' THEN {column} ELSE '[]' END"
    return f"json_array_elements_text({held}) AS met(value) WHERE value ~ '^[0-9]{{1,9}}$'"


def postgresql_up() -> Iterator[str]:
    """DDL for PostgreSQL, the rows of what is there included."""
    for lists, rows in OF.items():
        yield f"""CREATE TABLE {rows} (
            contact_id INTEGER NOT NULL, date DATE NOT NULL, touch_id INTEGER NOT NULL,
            PRIMARY KEY (contact_id, date, touch_id))"""
        yield f"CREATE INDEX ix_{rows}_touch_id ON {rows} (touch_id)"
        yield f"""CREATE FUNCTION keep_{rows}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF TG_OP = 'TRUNCATE' THEN TRUNCATE {rows}; RETURN NULL; END IF;
            IF TG_OP <> 'INSERT' THEN DELETE FROM {rows} WHERE touch_id = old.id; END IF;
            IF TG_OP <> 'DELETE' THEN INSERT INTO {rows} (contact_id, date, touch_id)
                SELECT CAST(value AS INTEGER), new.date, new.id
                FROM {_elements("new.contact_ids")} ON CONFLICT DO NOTHING; END IF;
            RETURN NULL; END $$"""
        yield f"""CREATE TRIGGER {rows}_insert AFTER INSERT OR DELETE ON {lists}
            FOR EACH ROW EXECUTE FUNCTION keep_{rows}()"""
        yield f"""CREATE TRIGGER {rows}_update AFTER UPDATE OF contact_ids, date ON {lists}
            FOR EACH ROW EXECUTE FUNCTION keep_{rows}()"""
        yield f"""CREATE TRIGGER {rows}_truncate AFTER TRUNCATE ON {lists}
            FOR EACH STATEMENT EXECUTE FUNCTION keep_{rows}()"""
        yield f"""INSERT INTO {rows} (contact_id, date, touch_id)
            SELECT CAST(value AS INTEGER), date, {lists}.id
            FROM {lists}, {_elements(f"{lists}.contact_ids")} ON CONFLICT DO NOTHING"""


def postgresql_down() -> Iterator[str]:
    """Takes it all back."""
    for lists, rows in OF.items():
        yield f"DROP TRIGGER {rows}_insert ON {lists}"
        yield f"DROP TRIGGER {rows}_update ON {lists}"
        yield f"DROP TRIGGER {rows}_truncate ON {lists}"
        yield f"DROP FUNCTION keep_{rows}()"
        yield f"DROP TABLE {rows}"

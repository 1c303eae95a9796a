"""The full-text index over `passages.tokens`: DDL for each database.

SQLite: an FTS5 table over external content, kept in step by triggers. Tokens are already
words (kam_knowledge.language.tokens), so the tokeniser only splits at spaces.
PostgreSQL: a GIN index over the tokens as a tsvector without positions; ranking is ours.
"""

from __future__ import annotations

SQLITE_UP = (
    """CREATE VIRTUAL TABLE passage_fts USING fts5(
        tokens, content='passages', content_rowid='id',
        tokenize="unicode61 remove_diacritics 0 tokenchars '-._+#/&'")""",
    """CREATE TRIGGER passages_fts_insert AFTER INSERT ON passages BEGIN
        INSERT INTO passage_fts(rowid, tokens) VALUES (new.id, new.tokens); END""",
    """CREATE TRIGGER passages_fts_delete AFTER DELETE ON passages BEGIN
        INSERT INTO passage_fts(passage_fts, rowid, tokens)
        VALUES ('delete', old.id, old.tokens); END""",
    """CREATE TRIGGER passages_fts_update AFTER UPDATE OF tokens ON passages BEGIN
        INSERT INTO passage_fts(passage_fts, rowid, tokens)
        VALUES ('delete', old.id, old.tokens);
        INSERT INTO passage_fts(rowid, tokens) VALUES (new.id, new.tokens); END""",
    "CREATE VIRTUAL TABLE passage_terms USING fts5vocab('passage_fts', 'row')",
)

SQLITE_DOWN = (
    "DROP TABLE passage_terms",
    "DROP TRIGGER passages_fts_update",
    "DROP TRIGGER passages_fts_delete",
    "DROP TRIGGER passages_fts_insert",
    "DROP TABLE passage_fts",
)

POSTGRESQL_UP = (
    """ALTER TABLE passages ADD COLUMN lexemes tsvector GENERATED ALWAYS AS (
        array_to_tsvector(array_remove(string_to_array(tokens, ' '), ''))) STORED""",
    "CREATE INDEX ix_passages_lexemes ON passages USING gin (lexemes)",
)

POSTGRESQL_DOWN = (
    "DROP INDEX ix_passages_lexemes",
    "ALTER TABLE passages DROP COLUMN lexemes",
)

"""`kam doctor`: what is wrong is named, with its mend, and nothing is changed by looking."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.app import App
from bot.operations.doctor import Check, Level, examine
from bot.operations.doctor.choices import settings_or_mistakes
from bot.operations.doctor.models import check_models
from bot.operations.first_person import enrol
from bot.settings import Settings, load_settings
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import IndexJob, Passage, State
from tests.integration.chat_api import chat_api, fails, says
from tests.integration.conftest import Kam

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def _checks(home: Path, **settings: object) -> dict[str, list[Check]]:
    """Every check by name, without the embedding model unless it is asked for."""
    found, mistakes = settings_or_mistakes(**{"home": home, "embeddings": "none"} | settings)
    app = App(found)
    try:
        checks = list(examine(app, mistakes=mistakes))
    finally:
        app.close()
    assert not [check for check in checks if "cannot be checked" in check.finding]
    by_name: dict[str, list[Check]] = {}
    for check in checks:
        by_name.setdefault(check.name, []).append(check)
    return by_name


def _only(checks: dict[str, list[Check]], name: str) -> Check:
    (check,) = checks[name]
    return check


@pytest.fixture
def app(home: Path) -> App:
    """A book with one admin in it."""
    made = App(load_settings(home=home, embeddings="none"))
    enrol(made, "li.na@example.com", "Li Na")
    made.close()
    return made


def _database(home: Path) -> sqlite3.Connection:
    return sqlite3.connect(home / "kam.sqlite3")


def test_a_fresh_machine_fails_nothing_and_is_told_how_to_begin(home: Path) -> None:
    checks = _checks(home)
    assert not [check for group in checks.values() for check in group if check.level is Level.FAIL]
    assert "kam init" in _only(checks, "store").mend
    assert not home.exists(), "looking creates nothing"


def test_every_setting_is_shown(home: Path) -> None:
    checks = _checks(home)
    for name in Settings.model_fields:
        assert _only(checks, f"KAM_{name.upper()}").level is Level.OK


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fiscal_year_start", "13"),
        ("language", "fr"),
        ("thread_days", "soon"),
        ("document_memory_mib", "1"),
        ("time_zone", "Middle/Earth"),
        ("today", "tomorrow"),
        ("currency", "yuan"),
        ("chroma_url", "localhost"),
        ("model", "gpt"),
        ("model_url", "no address"),
        ("fallback_model", "gpt"),
        ("model_price", "cheap"),
        ("log_level", "LOUD"),
        ("embeddings", "something"),
        ("database_url", "oracle://x"),
    ],
)
def test_a_setting_that_cannot_be_meant_fails_with_its_mend(
    name: str, value: str, home: Path
) -> None:
    check = _only(_checks(home, **{name: value}), f"KAM_{name.upper()}")
    assert check.level is Level.FAIL
    assert value in check.finding
    assert check.mend


def test_all_mistaken_settings_are_told_at_once(home: Path) -> None:
    checks = _checks(home, language="fr", fiscal_year_start="0", thread_days="-1")
    wrong = {name for name, (first, *_) in checks.items() if first.level is Level.FAIL}
    assert wrong == {"KAM_LANGUAGE", "KAM_FISCAL_YEAR_START", "KAM_THREAD_DAYS"}


def test_a_misspelt_variable_is_told_with_what_it_may_mean(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAM_DATABSE_URL", "postgresql://x/y")
    check = _only(_checks(home), "KAM_DATABSE_URL")
    assert check.level is Level.WARN
    assert "KAM_DATABASE_URL" in check.mend


def test_no_password_is_shown(home: Path) -> None:
    secret = "postgresql://kam:open-sesame@127.0.0.1:1/kam"
    checks = _checks(home, database_url=secret, model_url="https://me:open-sesame@host/v1")
    assert "open-sesame" not in json.dumps(
        [c.as_json() for group in checks.values() for c in group]
    )
    assert _only(checks, "store").level is Level.FAIL
    assert "127.0.0.1:1/kam" in _only(checks, "store").finding


def test_a_sound_book_is_found_sound(app: App, home: Path) -> None:
    checks = _checks(home)
    assert _only(checks, "soundness").level is Level.OK
    assert _only(checks, "people").level is Level.OK
    assert "kam import" in _only(checks, "book").mend


def test_a_book_that_nobody_may_sign_in_to_is_told(store: Store) -> None:
    checks = _checks(Path("unused"), database_url=store.url.render_as_string(hide_password=False))
    assert "kam init" in _only(checks, "people").mend
    assert _only(checks, "soundness").level is Level.OK


def test_a_damaged_page_is_found(app: App, home: Path) -> None:
    path = home / "kam.sqlite3"
    with closing(_database(home)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_passages_content_hash'"
        ).fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    data = bytearray(path.read_bytes())
    data[(root - 1) * size + 100 : root * size] = b"\x55" * (size - 100)
    path.write_bytes(data)
    found = _checks(home)
    broken = [c for group in found.values() for c in group if c.level is Level.FAIL]
    assert broken
    assert any("restore" in check.mend for check in broken)


def test_a_row_that_points_to_nothing_is_found(app: App, home: Path) -> None:
    with closing(_database(home)) as database, database:
        database.execute("UPDATE people SET manager_id = 999")
    check = _only(_checks(home), "soundness")
    assert check.level is Level.FAIL
    assert "people" in check.finding


def test_a_full_text_that_does_not_agree_is_found(app: App, home: Path) -> None:
    with closing(_database(home)) as database, database:
        database.execute("DROP TRIGGER passages_fts_update")
        database.execute("UPDATE passages SET tokens = 'altered behind its back' WHERE id = 1")
    check = _only(_checks(home), "full text")
    assert check.level is Level.FAIL
    assert "reindex" in check.mend


def test_a_newer_schema_is_told(app: App, home: Path) -> None:
    with closing(_database(home)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    check = _only(_checks(home), "schema")
    assert check.level is Level.FAIL
    assert "9999" in check.finding


def test_a_file_that_is_no_database_fails_and_the_other_checks_go_on(home: Path) -> None:
    home.mkdir()
    (home / "kam.sqlite3").write_bytes(b"hello " * 1000)
    checks = _checks(home)
    assert _only(checks, "store").level is Level.FAIL
    assert "restore" in _only(checks, "store").mend
    assert _only(checks, "model").level is Level.OK


def test_another_tokeniser_or_model_asks_for_a_new_index(app: App, home: Path) -> None:
    with app.unchecked_store.write() as session:
        session.merge(State(key="tokeniser", value="0"))
        session.merge(State(key="embedding_model", value="fastembed:other"))
    checks = _checks(home, embeddings="embedded")
    assert _only(checks, "tokeniser").level is Level.FAIL
    assert "fastembed:other" in _only(checks, "vectors").finding
    assert "reindex" in _only(checks, "vectors").mend


def test_jobs_that_wait_or_were_given_up_are_counted(app: App, home: Path) -> None:
    with app.unchecked_store.write() as session:
        session.execute(text("DELETE FROM index_jobs"))
        first = session.query(Passage.id).limit(1).scalar()
        for state, problem in (("due", None), ("due", None), ("parked", "too odd to embed")):
            session.add(
                IndexJob(
                    passage_id=first, what="upsert", state=state, problem=problem, created_at=NOW
                )
            )
    checks = _checks(home)
    waiting, given_up = checks["index jobs"]
    assert waiting.finding.startswith("2 ")
    assert "too odd to embed" in given_up.finding


def test_a_model_without_its_package_says_what_to_install(home: Path) -> None:
    check = _only(_checks(home, model="groq:some-model"), "model")
    assert check.level is Level.FAIL
    assert "pip install langchain-groq" in check.mend


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_a_provider_that_is_none_is_told(home: Path) -> None:
    check = _only(_checks(home, model="opnai:gpt-5"), "model")
    assert check.level is Level.FAIL
    assert "opnai" in check.finding
    assert "openai:" in check.mend


def test_a_model_without_its_key_names_the_variable(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    check = _only(_checks(home, model="openai:gpt-5"), "model")
    assert check.level is Level.FAIL
    assert "OPENAI_API_KEY" in check.mend


@pytest.mark.parametrize(
    ("answer", "finding", "mend"),
    [
        (401, "refuses the key", "OPENAI_API_KEY"),
        (404, "no model 'gpt-5'", "KAM_MODEL_URL"),
        (429, "no more requests", "limits"),
        (503, "answers 503", "built-in brain"),
    ],
)
def test_what_an_endpoint_refuses_is_told_with_its_mend(
    home: Path, key: None, answer: int, finding: str, mend: str
) -> None:
    with chat_api() as api:
        api.plays(fails(answer))
        check = _online(home, model="openai:gpt-5", model_url=api.url)
    assert check.level is Level.FAIL
    assert finding in check.finding
    assert mend in check.mend


def test_an_endpoint_that_answers_is_found_well_and_one_that_is_not_there_is_told(
    home: Path, key: None
) -> None:
    with chat_api() as api:
        api.plays(says("OK"))
        assert _online(home, model="openai:gpt-5", model_url=api.url).level is Level.OK
    nobody = "http://127.0.0.1:1/v1"
    check = _online(home, model="openai:gpt-5", model_url=nobody)
    assert check.level is Level.FAIL
    assert nobody in check.finding
    assert "Start the server" in check.mend


def test_the_fallback_model_is_checked_too(home: Path, key: None) -> None:
    checks = _checks(home, model="openai:gpt-5", fallback_model="groq:some-model")
    assert _only(checks, "model").level is Level.OK
    assert "KAM_FALLBACK_MODEL" in _only(checks, "fallback model").mend


def _online(home: Path, **settings: object) -> Check:
    app = App(load_settings(home=home, embeddings="none", **settings))
    try:
        (check,) = [one for one in check_models(app, online=True) if one.name == "model"]
    finally:
        app.close()
    return check


def test_a_model_with_its_package_is_not_called_unasked(home: Path, key: None) -> None:
    check = _only(_checks(home, model="openai:gpt-5", model_url="http://127.0.0.1:1/v1"), "model")
    assert check.level is Level.OK
    assert "--online" in check.finding


def test_the_command_ends_with_1_when_something_fails_and_its_json_is_whole(
    kam: Kam, home: Path
) -> None:
    done = kam("doctor", "--json", home=home, KAM_EMBEDDINGS="none")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["ok"] is True
    done = kam("doctor", "--json", home=home, KAM_EMBEDDINGS="none", KAM_LANGUAGE="fr")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert found["ok"] is False
    (wrong,) = [check for check in found["checks"] if check["level"] == "fail"]
    assert wrong["name"] == "KAM_LANGUAGE"
    assert set(wrong) == {"name", "level", "finding", "mend"}


def test_for_people_the_mend_stands_under_what_is_wrong(kam: Kam, home: Path) -> None:
    done = kam("doctor", home=home, KAM_EMBEDDINGS="none", KAM_CURRENCY="yuan")
    lines = done.stdout.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("fail KAM_CURRENCY"))
    assert lines[at + 1].strip() == "→ Write its three letters, such as CNY."
    assert "1 failed" in lines[-1]
    assert done.stderr == ""

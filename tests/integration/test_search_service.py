"""Search over a store, on each database: what is found, by whom, and what goes on without."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from math import isnan
from pathlib import Path

import pytest
from sqlalchemy import select

from kam_knowledge.changes.notes import NoteWriter, Place
from kam_knowledge.errors import ModelFileError, StoreUnavailable, UsageError
from kam_knowledge.language.tokens import query_tokens, tokens
from kam_knowledge.search.bm25 import BM25Index
from kam_knowledge.search.candidates import WordScorer
from kam_knowledge.search.folder_lock import FolderLock
from kam_knowledge.search.fulltext import ENOUGH, FullText
from kam_knowledge.search.question import understand
from kam_knowledge.search.service import Passage, Search, open_search
from kam_knowledge.search.sql_source import Limits, SqlSource
from kam_knowledge.search.stored_vectors import StoredVectors
from kam_knowledge.search.vectors import ChromaVectors, VectorIndex
from kam_knowledge.search.visible import Filters, Visible
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Note, PassageVector
from kam_knowledge.store.models import Passage as PassageRow
from tests.integration.indexing import DictionaryVectors
from tests.integration.searching import NOW, TODAY, Book, WordEmbedder, rights_of, texts

EXACT = Limits(handful=0)
"""As for thousands of visible passages: exact cosines, full text asked."""
INDEXED = Limits(handful=0, few=0)
"""As for tens of thousands: the vector index asked, its neighbours cut by rights."""
SIZES = {"handful": Limits(), "thousands": EXACT, "many": INDEXED}


@pytest.fixture
def book(store: Store) -> Book:
    return Book(store)


@pytest.fixture(params=SIZES)
def limits(request: pytest.FixtureRequest) -> Limits:
    return SIZES[request.param]


@pytest.fixture
def words_only(store: Store, limits: Limits) -> Search:
    return Search(store, lambda: None, lambda: None, limits=limits)


Find = Callable[..., list[Passage]]


def finder(store: Store, search: Search, person: int | None) -> Find:
    """Searches as one who reads alone."""

    def find(query: str, k: int = 10, *, today: date = TODAY, **more: object) -> list[Passage]:
        with store.read() as session:
            rights = rights_of(session, person, today=today)
            return search.search(session, rights, query, k, **more)  # type: ignore[arg-type]

    return find


def test_a_hit_has_all_that_a_citation_needs(book: Book, words_only: Search) -> None:
    (me,) = book.people("li.na")
    acme = book.account("ACME Corp")
    key = book.note("# Steering\n\nDana fears the migration cost.", account=acme, title="Steering")
    book.note("Lunch with somebody else.", account=acme)
    with book.store.write() as session:
        note = session.get(Note, key)
        assert note is not None
        place = Place(root="/n", path="/n/acme/a.md", place="notes/acme/a.md", file_hash="x")
        NoteWriter(session, NOW).attach(note, place)
    hit = finder(book.store, words_only, me)("migration cost")[0]
    assert (hit.where, hit.title, hit.kind) == ("notes/acme/a.md", "Steering", "note")
    assert (hit.date, hit.account, hit.account_id) == (date(2026, 11, 1), "ACME Corp", acme)
    assert (hit.note_id, hit.heading) == (key, "Steering")
    assert hit.text == "# Steering\n\nDana fears the migration cost."
    assert 0 < hit.score <= 1
    assert hit.coverage == 1


def test_a_note_without_a_file_is_cited_by_its_key(book: Book, words_only: Search) -> None:
    (me,) = book.people("li.na")
    book.note("the renewal slips", account=book.account("ACME Corp"))
    assert finder(book.store, words_only, me)("renewal")[0].where.startswith("note-")


def test_a_note_is_found_as_soon_as_it_is_written(book: Book, words_only: Search) -> None:
    (me,) = book.people("li.na")
    acme = book.account("ACME Corp")
    find = finder(book.store, words_only, me)
    assert find("escalation") == []
    for number in range(5):
        book.note(f"an escalation, number {number}", account=acme)
        assert len(find("escalation")) == number + 1


def test_account_title_and_date_of_a_note_find_its_passages(book: Book, words_only: Search) -> None:
    (me,) = book.people("li.na")
    book.note("they were late", account=book.account("Globex"), title="Quarterly review")
    book.note("they were late", account=book.account("ACME"), title="Lunch", day=date(2026, 3, 4))
    find = finder(book.store, words_only, me)
    assert find("Globex late")[0].account == "Globex"
    assert find("quarterly review")[0].account == "Globex"
    assert find("2026-03-04")[0].account == "ACME"


def test_both_databases_rank_as_one_bm25_does(book: Book, limits: Limits) -> None:
    """Both are compared with an index in memory, so what holds of each holds between them."""
    (me,) = book.people("li.na")
    drawn = random.Random(5)
    vocabulary = [f"word{n}" for n in range(60)] + ["续约", "价格谈判", "网关掉线", "验收"]
    acme = book.account("ACME")
    for _ in range(120):
        book.note(" ".join(drawn.choices(vocabulary, k=drawn.randint(3, 40))), account=acme)
    fulltext = FullText.of(book.store.dialect)
    with book.store.read() as session:
        rows = session.execute(select(PassageRow.id, PassageRow.tokens)).all()
        index = BM25Index([row.tokens.split() for row in rows])
        visible = Visible(session, rights_of(session, me), Filters())
        for _ in range(20):
            question = understand(" ".join(drawn.choices(vocabulary, k=drawn.randint(1, 4))))
            source = SqlSource(session, visible, fulltext, None, lambda: None, limits)
            statistics = source.statistics(question)
            assert statistics == index.statistics(question.tokens)
            candidates = source.by_words(question, statistics, 64)
            scores = WordScorer(question, statistics).scores(candidates)
            found = {one.id: score for one, score in zip(candidates, scores, strict=True)}
            expected = dict(
                zip(
                    (row.id for row in rows), index.scores(query_tokens(question.text)), strict=True
                )
            )
            assert found == pytest.approx({key: expected[key] for key in found}, rel=1e-4)
            best = sorted(expected, key=lambda key: -expected[key])[:64]
            assert {key for key in best if expected[key] > 0} <= set(found)


def test_a_term_that_nearly_everything_holds_still_finds_the_best(book: Book) -> None:
    """More passages match than are looked at: the likeliest must be among those looked at."""
    (me,) = book.people("li.na")
    acme = book.account("ACME")
    with book.store.write() as session:
        note = Note(
            key="note-long",
            account_id=acme,
            kind="document",
            title="Long",
            visibility="open",
            language="en",
            text="",
            content_hash="long",
            origin="file",
            removed=False,
            recorded_at=NOW,
            updated_at=NOW,
        )
        session.add(note)
        session.flush()
        for number in range(ENOUGH + 400):
            best = number == ENOUGH + 200
            words = tokens("renewal price" if best else f"renewal price {'filler ' * 30}")
            session.add(
                PassageRow(
                    note_id=note.id,
                    ordinal=number * 2,
                    language="en",
                    title="Long",
                    text=f"text {number}",
                    tokens=" ".join(words),
                    length=len(words),
                    content_hash=f"h{number}",
                )
            )
    search = Search(book.store, lambda: None, lambda: None, limits=INDEXED)
    hits = finder(book.store, search, me)("renewal price")
    assert hits[0].text == f"text {ENOUGH + 200}"


def test_the_filters_narrow_what_is_found(book: Book, words_only: Search) -> None:
    (me,) = book.people("li.na")
    acme, globex = book.account("ACME"), book.account("Globex")
    book.note("renewal one", account=acme, day=date(2026, 1, 10))
    book.note("renewal two", account=globex, day=date(2026, 2, 10), kind="document")
    book.note("renewal three", account=globex, day=date(2026, 3, 10), kind="call")
    book.note("renewal four", account=None, day=None)
    book.method("renewal#0", "renewal five")
    find = finder(book.store, words_only, me)

    def found(**more: object) -> set[str]:
        return {hit.text.split()[1] for hit in find("renewal", **more)}

    assert found() == {"one", "two", "three", "four", "five"}
    assert found(account_ids=[globex]) == {"two", "three"}
    assert found(account_ids=[]) == set()
    assert found(kinds=["note"]) == {"one", "three", "four"}
    assert found(kinds=["document"]) == {"two"}
    assert found(kinds=["methodology"]) == {"five"}
    assert found(kinds=["document", "methodology"]) == {"two", "five"}
    assert found(kinds=["call"]) == {"three"}
    assert found(since=date(2026, 2, 10)) == {"two", "three"}
    assert found(until=date(2026, 2, 10)) == {"one", "two"}
    assert found(since=date(2026, 2, 11), until=date(2026, 3, 9)) == set()
    assert found(account_ids=[globex], kinds=["note"], since=date(2026, 1, 1)) == {"three"}


def test_an_unknown_kind_is_refused(book: Book, words_only: Search) -> None:
    with pytest.raises(UsageError, match="invoice"):
        finder(book.store, words_only, None)("renewal", kinds=["invoice"])


def test_what_is_dated_after_today_is_left_out(book: Book, words_only: Search) -> None:
    (me,) = book.people("li.na")
    acme = book.account("ACME")
    book.note("renewal now", account=acme, day=TODAY)
    book.note("renewal to come", account=acme, day=date(2026, 11, 22))
    find = finder(book.store, words_only, me)
    assert texts(find("renewal")) == ["renewal now"]
    assert len(find("renewal", today=date(2026, 11, 22))) == 2


def test_somebody_outside_finds_the_method_alone(book: Book, words_only: Search) -> None:
    book.note("the scoring matrix of ACME", account=book.account("ACME"))
    book.method("scoring#0", "the scoring matrix of the method")
    find = finder(book.store, words_only, None)
    assert [hit.kind for hit in find("scoring matrix")] == ["methodology"]
    assert find("ACME") == []


def test_the_method_comes_in_the_askers_language_first(book: Book, words_only: Search) -> None:
    book.method("scoring#0", "scoring matrix weights 评分")
    book.method("scoring#0", "评分 矩阵 权重 scoring", language="zh")
    find = finder(book.store, words_only, None)
    assert find("how does scoring work")[0].where == "methodology:en/scoring#0"
    assert find("评分怎么做")[0].where == "methodology:zh/scoring#0"


@contextmanager
def chroma(folder: Path, model_id: str = "words") -> Iterator[ChromaVectors]:
    index = ChromaVectors.local(folder, model_id)
    try:
        yield index
    finally:
        index.close()


def test_nobody_finds_what_a_reader_may_not_see(book: Book, limits: Limits, tmp_path: Path) -> None:
    """Random books and readers, words and vectors and a real index: hits are those of rights."""
    drawn = random.Random(11)
    people = book.people(*(f"p{n}" for n in range(6)))
    accounts = [
        book.account(
            f"Account {n}",
            visibility=drawn.choice(["open", "team"]),
            owner_id=drawn.choice([None, *people]),
        )
        for n in range(6)
    ]
    for number in range(90):
        book.note(
            f"renewal talk {number} about price and gateway",
            account=drawn.choice([*accounts, None]),
            author=drawn.choice([None, *people]),
            day=drawn.choice([None, date(2026, 5, 5), date(2027, 1, 1)]),
            visibility=drawn.choice(["author", "team", "open"]),
        )
    book.method("renewal#0", "renewal in the method")
    embedder = WordEmbedder()
    with chroma(tmp_path / "chroma") as index:
        book.index(embedder, index)
        search = Search(book.store, lambda: embedder, lambda: index, limits=limits)
        seen: set[int] = set()
        for _ in range(15):
            person = drawn.choice([None, *people])
            others = [] if person is None else drawn.sample(people, drawn.randint(0, 2))
            only = drawn.choice([None, drawn.sample(accounts, 2)])
            with book.store.read() as session:
                rights = rights_of(session, person, *others)
                allowed = set(session.scalars(select(PassageRow.id).where(rights.passage_clause())))
                hits = search.search(session, rights, "renewal price", 200, account_ids=only)
            found = {hit.id for hit in hits}
            assert found <= allowed
            if only is None:
                assert found == allowed, "and all of these match"
            assert all(only is None or hit.account_id in only for hit in hits)
            seen |= found
        assert len(seen) > 20


def test_who_may_see_little_finds_it_among_much_that_is_hidden(book: Book, tmp_path: Path) -> None:
    """The nearest neighbours are all somebody else's: more are asked for until some are mine."""
    me, other = book.people("li.na", "chen.bo")
    hidden = book.account("Hidden", visibility="team", owner_id=other)
    mine = book.account("Mine", visibility="team", owner_id=me)
    for number in range(300):
        book.note(f"unhappy with delivery {number}", account=hidden, title="", day=None)
    book.note("cross about shipments", account=mine, title="", day=None)
    embedder = WordEmbedder({"cross": "unhappi", "shipment": "deliveri"})
    with chroma(tmp_path / "chroma") as index:
        book.index(embedder, index)
        for farthest in (8_192, 64):
            limits = Limits(handful=0, few=0, farthest=farthest)
            search = Search(book.store, lambda: embedder, lambda: index, limits=limits)
            find = finder(book.store, search, me)
            assert texts(find("unhappy with delivery")) == ["cross about shipments"]


def test_an_id_that_the_index_still_holds_brings_nothing_back(book: Book, limits: Limits) -> None:
    (me,) = book.people("li.na")
    acme = book.account("ACME")
    gone = book.note("renewal that was deleted", account=acme)
    book.note("renewal that stands", account=acme)
    embedder, index = WordEmbedder(), DictionaryVectors("words")
    book.index(embedder, index)
    with book.store.write() as session:
        note = session.get(Note, gone)
        assert note is not None
        NoteWriter(session, NOW).remove(note)
    assert index.count() == 2
    search = Search(book.store, lambda: embedder, lambda: index, limits=limits)
    assert texts(finder(book.store, search, me)("renewal")) == ["renewal that stands"]


def test_vectors_find_what_words_do_not(book: Book, limits: Limits, tmp_path: Path) -> None:
    (me,) = book.people("li.na")
    acme = book.account("ACME")
    book.note("they are cross about late shipments", account=acme)
    book.note("the canteen has a new menu", account=acme)
    embedder = WordEmbedder({"cross": "unhappi", "shipment": "deliveri"})
    with chroma(tmp_path / "chroma") as index:
        book.index(embedder, index)
        search = Search(book.store, lambda: embedder, lambda: index, limits=limits)
        hit = finder(book.store, search, me)("unhappy delivery")[0]
    assert hit.text == "they are cross about late shipments"
    assert hit.similarity is not None
    assert hit.similarity > 0.3


def test_without_the_index_the_vectors_in_sql_serve(book: Book, limits: Limits) -> None:
    (me,) = book.people("li.na")
    acme = book.account("ACME")
    book.note("they are cross about late shipments", account=acme)
    book.note("the canteen has a new menu", account=acme)
    embedder = WordEmbedder({"cross": "unhappi", "shipment": "deliveri"})
    book.index(embedder)
    search = Search(book.store, lambda: embedder, lambda: None, limits=limits)
    found = finder(book.store, search, me)("unhappy delivery")
    assert found[0].text == "they are cross about late shipments"


def test_a_model_that_reads_no_chinese_is_not_asked_in_chinese(book: Book, limits: Limits) -> None:
    (me,) = book.people("li.na")
    book.note("网关在高温下掉线", account=book.account("华远重工"), language="zh")

    class Deaf(WordEmbedder):
        def embed_query(self, text: str) -> object:  # type: ignore[override]
            raise AssertionError(f"asked about {text!r}")

    search = Search(book.store, Deaf, lambda: None, limits=limits)
    (hit,) = finder(book.store, search, me)("网关为什么掉线")
    assert hit.similarity is None
    reading = WordEmbedder(multilingual=True)
    book.index(reading)
    search = Search(book.store, lambda: reading, lambda: None, limits=limits)
    (hit,) = finder(book.store, search, me)("网关为什么掉线")
    assert hit.similarity is not None


def test_either_language_finds_the_other_without_a_multilingual_model(
    book: Book, limits: Limits
) -> None:
    (me,) = book.people("li.na")
    acme = book.account("ACME")
    book.note("对方要求推迟续约，预算还没有批", account=acme, language="zh", title="电话")
    book.note("The renewal is postponed until the budget is approved", account=acme, title="Call")
    for number in range(20):
        book.note(f"食堂菜单 {number}", account=acme, language="zh", title="")
        book.note(f"canteen menu {number}", account=acme, title="")
    embedder = WordEmbedder()
    book.index(embedder)
    search = Search(book.store, lambda: embedder, lambda: None, limits=limits)
    find = finder(book.store, search, me)
    for query in ("renewal and budget", "续约和预算"):
        assert {hit.text[:3] for hit in find(query)[:2]} == {"对方要", "The"}


def test_names_are_resolved_before_ranking(book: Book, words_only: Search) -> None:
    (me,) = book.people("li.na")
    globex = book.account("Globex", aliases=["格洛贝克斯"])
    other = book.account("ACME")
    book.note("the firmware is late", account=globex, title="")
    book.note("the firmware is late", account=other, title="")
    find = finder(book.store, words_only, me)
    assert find("格洛贝克斯 firmware")[0].account == "Globex"
    assert find("firmware at ACME")[0].account == "ACME"


def test_touches_with_the_person_that_is_named_go_first(book: Book, words_only: Search) -> None:
    (me,) = book.people("li.na")
    acme = book.account("ACME")
    dana = book.contact("Dana Wu", acme, aliases=["吴丹娜"])
    book.note("he fears for the pilot", account=acme, title="Round")
    book.note("she fears for the pilot", account=acme, title="Round", contacts=[dana])
    find = finder(book.store, words_only, me)
    assert find("吴丹娜 pilot")[0].text == "she fears for the pilot"
    assert find("pilot with Dana Wu")[0].text == "she fears for the pilot"


def test_a_time_in_the_query_prefers_what_was_written_then(book: Book, words_only: Search) -> None:
    (me,) = book.people("li.na")
    acme = book.account("ACME")
    for month in (8, 9, 10):
        book.note("talk about the pilot", account=acme, day=date(2026, month, 12))
    find = finder(book.store, words_only, me)
    for query, month in (("pilot talk in September", 9), ("八月份的 pilot", 8), ("pilot", 10)):
        assert (found := find(query)[0].date)
        assert found.month == month


def test_the_name_of_a_hidden_account_lifts_nothing(book: Book, words_only: Search) -> None:
    me, other = book.people("li.na", "chen.bo")
    hidden = book.account("Globex", aliases=["格洛贝克斯"], visibility="team", owner_id=other)
    book.note("secret firmware", account=hidden)
    acme = book.account("ACME")
    book.note("Globex is their supplier", account=acme)
    find = finder(book.store, words_only, me)
    assert {hit.account for hit in find("Globex firmware")} == {"ACME"}
    assert find("格洛贝克斯") == [], "an alias that only the hidden account has says nothing"


def test_a_model_that_fails_leaves_full_text_and_is_told_once(
    book: Book, limits: Limits, caplog: pytest.LogCaptureFixture
) -> None:
    (me,) = book.people("li.na")
    book.note("the renewal slips", account=book.account("ACME"))

    def missing() -> WordEmbedder:
        raise ModelFileError("the weights are missing.", "Install them.")

    search = Search(book.store, missing, lambda: None, limits=limits)
    find = finder(book.store, search, me)
    for _ in range(3):
        assert texts(find("renewal")) == ["the renewal slips"]
    assert [record.getMessage() for record in caplog.records] == [
        "searching without vectors: the weights are missing. Install them."
    ]


class BrokenIndex(DictionaryVectors):
    def query(self, vector: object, k: int) -> list[tuple[int, float]]:
        raise StoreUnavailable("the vector index cannot be used.", "")


def test_an_index_that_fails_leaves_the_vectors_in_sql(
    book: Book, caplog: pytest.LogCaptureFixture
) -> None:
    (me,) = book.people("li.na")
    book.note("they are cross", account=book.account("ACME"))
    embedder = WordEmbedder({"cross": "unhappi"})
    book.index(embedder)
    search = Search(book.store, lambda: embedder, lambda: BrokenIndex("words"), limits=INDEXED)
    assert texts(finder(book.store, search, me)("unhappy")) == ["they are cross"]
    assert "cannot be used" in caplog.text


def test_vectors_of_another_model_have_no_say(
    book: Book, limits: Limits, caplog: pytest.LogCaptureFixture
) -> None:
    (me,) = book.people("li.na")
    book.note("they are cross", account=book.account("ACME"))
    index = DictionaryVectors("words")
    book.index(WordEmbedder({"cross": "unhappi"}), index)
    newer = WordEmbedder({"cross": "unhappi"}, model_id="newer")
    search = Search(book.store, lambda: newer, lambda: index, limits=limits)
    assert finder(book.store, search, me)("unhappy") == []
    if limits is INDEXED:
        assert "kam reindex" in caplog.text


def test_while_another_process_owns_the_index_search_goes_on_and_says_so_once(
    book: Book, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (me,) = book.people("li.na")
    book.note("the renewal slips", account=book.account("ACME"))
    lock = FolderLock.take(tmp_path / "chroma")
    search = open_search(book.store, embeddings="embedded", home=tmp_path, chroma_url=None)
    assert search.vectors() is None
    assert search.vectors() is None
    assert len(caplog.records) == 1
    assert "in use by process" in caplog.text
    lock.release()
    index = search.vectors()
    assert isinstance(index, ChromaVectors)
    search.close()
    FolderLock.take(tmp_path / "chroma").release()
    with book.store.read() as session:
        words = open_search(book.store, embeddings="none", home=tmp_path, chroma_url=None)
        assert words.embedder() is None
        assert len(words.search(session, rights_of(session, me), "renewal")) == 1


def test_opening_search_opens_nothing(store: Store, tmp_path: Path) -> None:
    open_search(store, embeddings="embedded", home=tmp_path / "home", chroma_url=None).close()
    assert not (tmp_path / "home").exists() or not any((tmp_path / "home").glob("chroma*"))


def test_a_passage_waiting_for_its_vector_is_found_by_its_words(book: Book, limits: Limits) -> None:
    (me,) = book.people("li.na")
    acme = book.account("ACME")
    book.note("renewal talk of old", account=acme)
    embedder = WordEmbedder()
    book.index(embedder)
    book.note("renewal escalation of today", account=acme)
    search = Search(book.store, lambda: embedder, lambda: None, limits=limits)
    hits = finder(book.store, search, me)("renewal escalation")
    assert hits[0].text == "renewal escalation of today"
    assert hits[0].similarity is None
    assert hits[1].similarity is not None


def test_as_many_are_found_as_are_wanted(book: Book, words_only: Search) -> None:
    (me,) = book.people("li.na")
    acme = book.account("ACME")
    for number in range(150):
        book.note(f"renewal {number}", account=acme)
    find = finder(book.store, words_only, me)
    assert [len(find("renewal", k)) for k in (0, 1, 10, 120, 1_000)] == [0, 1, 10, 120, 150]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "?!…",
        '"',
        "renewal\" OR '",
        "a AND b NOT (c*) NEAR/2 ^x:y",
        "续约'; DROP TABLE passages; --",
        "renewal & price | !gateway <-> x:*",
        "\x00renewal\ud800",
        "renewal " * 3_000 + " ".join(f"word{n}" for n in range(3_000)),
    ],
)
def test_no_query_is_too_odd(book: Book, words_only: Search, query: str) -> None:
    (me,) = book.people("li.na")
    book.note("the renewal price 续约", account=book.account("ACME"))
    hits = finder(book.store, words_only, me)(query)
    assert bool(hits) == any(word in query for word in ("renewal", "续约"))


def test_a_passage_is_verbatim_in_its_note(book: Book, words_only: Search) -> None:
    (me,) = book.people("li.na")
    text = "# 一\n\n" + "续约谈判，价格与交付。" * 60 + "\n\n## B\n\n" + "renewal talk. " * 120
    key = book.note(text, account=book.account("ACME"))
    hits = finder(book.store, words_only, me)("renewal 续约", 50)
    assert len(hits) > 3
    assert all(hit.text in text and hit.note_id == key for hit in hits)


def test_threads_may_search_at_once(book: Book) -> None:
    (me,) = book.people("li.na")
    acme = book.account("ACME")
    for number in range(40):
        book.note(f"renewal talk number{number} of many", account=acme)
    embedder = WordEmbedder()
    book.index(embedder)
    search = Search(book.store, lambda: embedder, lambda: None, limits=EXACT)
    find = finder(book.store, search, me)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: find(f"number{n}")[0].text, range(40)))
    assert found == [f"renewal talk number{n} of many" for n in range(40)]


def test_what_was_read_of_the_vectors_is_forgotten_before_it_grows_too_large(book: Book) -> None:
    acme = book.account("ACME")
    for number in range(30):
        book.note(f"renewal {number}", account=acme)
    embedder = WordEmbedder()
    book.index(embedder)
    small = StoredVectors(embedder.model_id, embedder.dimension, most_bytes=10 * 2 * 64)
    with book.store.read() as session:
        hashes = list(session.scalars(select(PassageVector.content_hash)))
        vector = embedder.embed_query("renewal 7")
        whole = StoredVectors(embedder.model_id, 64).cosines(session, vector, hashes)
        for start in range(0, 30, 5):
            cosines = small.cosines(session, vector, hashes[start : start + 5])
            assert cosines == pytest.approx(whole[start : start + 5], abs=1e-5)
        mixed = [*hashes[25:], *hashes[:25]]  # some known, and too many in all
        expected = [*whole[25:], *whole[:25]]
        assert small.cosines(session, vector, mixed) == pytest.approx(expected, abs=1e-5)


def test_a_content_without_a_vector_has_no_cosine(book: Book) -> None:
    stored = StoredVectors("words", 64)
    vector = WordEmbedder().embed_query("x")
    with book.store.read() as session:
        assert all(isnan(c) for c in stored.cosines(session, vector, ["none", "nothing"]))
        assert len(stored.cosines(session, vector, [])) == 0


def _index(_: VectorIndex) -> None:
    """A fake of the port is one: mypy holds it."""


_index(DictionaryVectors())

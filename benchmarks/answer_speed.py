"""How fast the built-in brain answers over a book of 200 accounts and 100,000 passages.

Every skill is asked in both languages by a manager of 8 accounts, a leader who sees all and a
member in no team, in one warm process. Wall time and the processor time of the process stand
side by side, so that a busy machine does not blur the result; the last table gives what the bare
parts take in the same run. `--quick` measures a small book, to see that everything runs;
`--home FOLDER` keeps the book, which takes minutes to write, for the next run.
"""

from __future__ import annotations

import argparse
import pickle
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from _large_book import Customer, LargeBook, write_rows
from _large_notes import stored_vectors, write_notes
from rich.console import Console
from rich.table import Table
from sqlalchemy import select, text

from bot.assistant.assistant import Assistant
from bot.assistant.turn import Turn
from kam_knowledge.access import Audience, Viewer
from kam_knowledge.clock import clock
from kam_knowledge.language.tokens import tokens
from kam_knowledge.methodology.catalogue import sync
from kam_knowledge.search.embeddings import Embedder, open_embedder
from kam_knowledge.search.service import Search
from kam_knowledge.search.vectors import ChromaVectors
from kam_knowledge.store.engine import Store
from kam_knowledge.store.migrate import upgrade
from kam_knowledge.store.models import Activity, Thread

TODAY = date(2026, 11, 21)
STRUCTURED_BAR, RETRIEVAL_BAR = 100, 300
"""Milliseconds at the 95th percentile, warm."""

STRUCTURED = {
    "person_status": ("What's our status with {contact}?", "我们和{contact}的关系怎么样?"),
    "account_brief": ("Give me {account} in five lines.", "用五句话讲一下{account}。"),
    "account_class": ("Why is {account} a key account?", "为什么{account}是重点客户?"),
    "last_contact": ("When did we last talk to {contact}?", "上次联系{contact}是什么时候?"),
    "commitments": (
        "What did we promise {account} that's still open?",
        "我们答应{account}的还有哪些没兑现?",
    ),
    "cadence_gaps": ("Who have we neglected?", "哪些客户好久没联系了?"),
    "who_knows": ("Who here knows {contact}?", "谁认识{contact}?"),
    "best_path": ("What's the best path to {contact}?", "怎么才能接触到{contact}?"),
    "stakeholders": ("Who are the stakeholders at {account}?", "{account}有哪些干系人?"),
    "who_replaced": ("Who replaced {buyer}?", "谁接替了{buyer}?"),
    "single_threaded": ("Where are we single-threaded?", "哪些客户是单线联系?"),
    "team_seats": ("Any empty seats in the iron triangle?", "铁三角哪个岗位空缺?"),
    "competitor": ("Where are we up against Corvexa?", "我们在哪些客户碰到Corvexa?"),
    "win_loss": ("How did we beat Corvexa last time?", "上次我们怎么赢Corvexa的?"),
    "renewals": ("Renewals in 90 days, by risk.", "90 天内到期合同按风险排序。"),
    "concentration": ("What happens to revenue if we lose our top two?", "丢掉前两大客户影响多大?"),
    "complaints": ("Open complaints older than 7 days?", "超过 7 天未关闭的投诉?"),
    "accounts_at_risk": ("Which accounts are red and why?", "哪些客户亮红灯?原因?"),
    "whitespace": ("Biggest unworked potential in my book?", "我名下最大的空白机会?"),
    "promotion_candidates": (
        "Which ordinary accounts look ready to promote?",
        "哪些普通客户可升级?",
    ),
    "forecast": ("What's the forecast for this quarter?", "我这个季度的预测"),
    "receivables": ("Which invoices are overdue?", "哪些发票逾期了?"),
    "trends": ("How is {account}'s revenue developing?", "{account}的收入走势如何?"),
    "margin": ("What's the margin at {account}?", "{account}的毛利率是多少?"),
    "portfolio": (
        "Team view: accounts without sponsor, plan, or contact in 30 days.",
        "团队视图:没有赞助人、计划或 30 天无联系的客户。",
    ),
    "my_day": ("What's on today?", "我今天有什么安排?"),
    "my_week": ("What's on this week?", "我这周有什么安排?"),
    "meeting_brief": ("Prepare me for the meeting with {account}", "帮我准备和{account}的会议"),
    "handover": ("Handover brief for {account}", "{account}交接简报"),
    "changes_since": ("What changed at {account} since last month?", "{account}最近有什么变化?"),
    "group_entities": ("Which subsidiaries does {account} have?", "{account}有哪些子公司?"),
    "help": ("What can you do?", "你能做什么?"),
}
RETRIEVAL = {
    "said_about": ("What was said about migration cost?", "关于迁移成本说过什么?"),
    "said_about account": (
        "What did {account} say about delivery time?",
        "{account}关于交货周期说过什么?",
    ),
    "said_about person": (
        "What did {contact} say about the price increase?",
        "{contact}关于价格上涨说过什么?",
    ),
    "methodology": ("Should we even run KAM with a 3-week cycle?", "销售周期三周适合做 KAM 吗?"),
}


@dataclass(frozen=True)
class Spent:
    """Milliseconds that one answer took."""

    wall: float
    processor: float


def main() -> None:
    """Builds the book, asks everything, prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=200)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--home", type=Path, help="keep the book in this folder, or reuse it")
    parser.add_argument("--rounds", type=int, default=4, help="questions a skill and language")
    parser.add_argument("--quick", action="store_true", help="a small book, few questions")
    options = parser.parse_args()
    if options.quick:
        options.accounts, options.passages, options.rounds = 24, 2_000, 1
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if options.home:
            folder = options.home / f"{options.accounts}-{options.passages}"
        embedder = open_embedder(None, folder / "models")
        embedder.embed_query("warm")
        store = Store.at(folder / "kam.sqlite3")
        index = ChromaVectors.local(folder / "index", embedder.model_id)
        book, texts = written(folder, store, index, embedder, options)
        search = Search(store, lambda: embedder, lambda: index)
        assistant = Assistant(store, lambda: search)
        spent = asked(assistant, store, book, options.rounds)
        base = bare_parts(store, index, embedder, texts)
        index.close()
        store.close()
    console = Console(width=140)
    console.print(f"{options.accounts:,} accounts, {options.passages:,} passages")
    console.print(by_skill(spent))
    console.print(against_the_bars(spent, base))


def written(
    folder: Path,
    store: Store,
    index: ChromaVectors,
    embedder: Embedder,
    options: argparse.Namespace,
) -> tuple[LargeBook, list[str]]:
    """The book and some of its texts: written into the folder, or as they were left there."""
    kept = folder / "book.pickle"
    upgrade(store)
    if kept.exists():
        found: tuple[LargeBook, list[str]] = pickle.loads(kept.read_bytes())  # our own file
        return found
    sync(store)
    book = write_rows(store, options.accounts, TODAY)
    texts = write_notes(
        store, book.customers, options.passages, TODAY, embedder.model_id, embedder.dimension
    )
    index.rebuild(embedder.model_id, stored_vectors(store))
    kept.write_bytes(pickle.dumps((book, texts)))
    return book, texts


LANGUAGES = ("en", "zh")
Asked = dict[tuple[str, str, str], list[Spent]]
"""By skill, viewer and language."""


def asked(assistant: Assistant, store: Store, book: LargeBook, rounds: int) -> Asked:
    """Every question by every viewer; each wording once before it is measured."""
    spent: defaultdict[tuple[str, str, str], list[Spent]] = defaultdict(list)
    now = clock(TODAY.isoformat(), "Asia/Shanghai")
    for viewer, (person, customers) in viewers(book).items():
        for skill, wordings in (STRUCTURED | RETRIEVAL).items():
            for language, wording in zip(LANGUAGES, wordings, strict=True):
                for number in range(rounds + 1):
                    question = filled(wording, customers[number * 7 % len(customers)])
                    thread = None if number else f"{viewer} {skill} {language}"
                    turn = Turn(question, Viewer(person), Audience.only(person), now, thread)
                    with spent_on(spent[skill, viewer, language] if number else []):
                        assistant.answer(turn)
                    if not number:
                        _understood(store, turn, skill)
    return spent


def _understood(store: Store, turn: Turn, skill: str) -> None:
    """Says so where a question is not answered by the skill it stands for."""
    with store.read() as session:
        focus = session.scalar(select(Thread.focus).where(Thread.key == turn.thread)) or {}
    intent = focus.get("intent")  # of help and of the method nothing is remembered
    if intent not in (None, skill.split()[0]):
        print(f"{turn.text!r} is meant for {skill}, and was understood as {intent}")


def viewers(book: LargeBook) -> dict[str, tuple[int, list[Customer]]]:
    """Who asks, and the accounts that the questions are about."""
    held = [one for one in book.customers if one.owner_id == book.keepers[0]]
    return {
        f"manager of {len(held)}": (book.keepers[0], held),
        "leader": (book.leader, book.customers),
        "outside": (book.outsider, book.customers),
    }


def filled(wording: str, customer: Customer) -> str:
    """The question about this account, its technical chief, its former buyer."""
    names = [name for _, name in customer.contacts]
    return wording.format(account=customer.name, contact=names[1], buyer=names[10])


@dataclass(frozen=True)
class Base:
    """What the bare parts take in the same run, each a list of measurements."""

    embedding: list[Spent]
    rows: list[Spent]
    passages: list[Spent]


def bare_parts(store: Store, index: ChromaVectors, embedder: Embedder, texts: list[str]) -> Base:
    """A query's embedding; reading the activities with plain SQL; embedding, vectors and words."""
    chance = random.Random(9)
    base = Base([], [], [])
    for _ in range(20):
        query = " ".join(chance.sample(chance.choice(texts).split(), 5))
        with spent_on(base.embedding):
            embedder.embed_query(query)
        with spent_on(base.rows), store.read() as session:
            session.execute(select(*Activity.__table__.columns)).all()
        with spent_on(base.passages), store.read() as session:
            index.query(embedder.embed_query(query), 10)
            match = " OR ".join(f'"{token}"' for token in set(tokens(query)))
            session.execute(
                text(
                    "SELECT rowid FROM passage_fts WHERE passage_fts MATCH :match "
                    "ORDER BY rank LIMIT 10"
                ),
                {"match": match},
            ).all()
    return base


@contextmanager
def spent_on(found: list[Spent]) -> Iterator[None]:
    """Adds what the block took."""
    started, worked = time.perf_counter(), time.process_time()
    yield
    wall, processor = time.perf_counter() - started, time.process_time() - worked
    found.append(Spent(wall * 1000, processor * 1000))


def by_skill(spent: Asked) -> Table:
    """Wall and processor time of every skill in each language, by viewer."""
    seen = list(dict.fromkeys(viewer for _, viewer, _ in spent))
    out = Table("p50 / p95 (processor p50 / p95), ms", "", *seen)
    for skill in dict.fromkeys(skill for skill, *_ in spent):
        for language in LANGUAGES:
            times = (_told(spent[skill, viewer, language]) for viewer in seen)
            out.add_row(skill if language == LANGUAGES[0] else "", language, *times)
    return out


def against_the_bars(spent: Asked, base: Base) -> Table:
    """The answers of every viewer and language against their bars and the bare parts."""
    out = Table(
        "answers", "questions", "p50", "p95", "processor p50", "processor p95", "bar",
        "processor p95 / base p95",
    )  # fmt: skip
    seen = list(dict.fromkeys(viewer for _, viewer, _ in spent))
    for kind, skills, bar, bare, what in (
        ("structured", STRUCTURED, STRUCTURED_BAR, base.rows, "plain rows"),
        ("retrieval", RETRIEVAL, RETRIEVAL_BAR, base.passages, "bare search"),
    ):
        for group in ("all", *seen, *LANGUAGES):
            found = [
                one
                for (skill, viewer, language), times in spent.items()
                if skill in skills and group in ("all", viewer, language)
                for one in times
            ]
            ratio = _quantiles(found)[1][1] / _quantiles(bare)[1][1]
            against = (f"{bar} ms", f"{ratio:.2f} ({what})")
            out.add_row(f"{kind}, {group}", *_row(found), *against)
    for name, bare in (
        ("a query's embedding", base.embedding),
        ("all activities, plain SQL", base.rows),
        ("embedding + Chroma + full text", base.passages),
    ):
        out.add_row(name, *_row(bare), "", "")
    return out


def _row(found: list[Spent]) -> tuple[str, ...]:
    """How many, p50 and p95 by the wall, p50 and p95 by the processor."""
    return str(len(found)), *(f"{one:.1f} ms" for times in _quantiles(found) for one in times)


def _told(found: list[Spent]) -> str:
    wall, processor = _quantiles(found)
    return f"{wall[0]:.0f} / {wall[1]:.0f} ({processor[0]:.0f} / {processor[1]:.0f})"


def _quantiles(found: list[Spent]) -> tuple[tuple[float, float], tuple[float, float]]:
    """p50 and p95, by wall and by processor."""
    wall = np.percentile([one.wall for one in found], [50, 95])
    processor = np.percentile([one.processor for one in found], [50, 95])
    return (float(wall[0]), float(wall[1])), (float(processor[0]), float(processor[1]))


if __name__ == "__main__":
    main()

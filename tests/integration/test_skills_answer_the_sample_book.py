"""Every skill over the sample book: the true answers of its facts table, each held to its source.

The table below says in the words of `kam_knowledge/sample_book/README.md` what an answer must
hold, in both languages. Every answer is then checked sentence by sentence: whatever states a fact
has a marker, every marker its citation, every quote stands in its note, and every value that a
record is cited for is the one in the workbook's cell.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.assistant.grounding import ground
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.registry import REGISTRY
from bot.assistant.wording import amount
from ingest.crm.importer import import_path
from ingest.files import ingest_paths
from kam_knowledge.language.names import NameIndex
from kam_knowledge.methodology.catalogue import sync
from kam_knowledge.queries.book import BookNames
from kam_knowledge.queries.sources import ComputedSource, MethodSource, NoteSource, RecordSource
from kam_knowledge.sample_book import SampleBook, materialise
from kam_knowledge.sample_book.placeholders import workday
from kam_knowledge.search.service import Search, open_search
from kam_knowledge.store.engine import Store
from kam_knowledge.store.migrate import upgrade
from kam_knowledge.store.models import Account, Contact, Note, NotePlace, Passage, Person
from tests.integration.asking import MARK, NOON, TODAY, Language, ask, lines

PRIVATE = {
    "li.na": "靠谱的猎头",
    "tom.becker": "cannot stand each other",
    "chen.bo": "恢复演练没做",
}
"""Words of notes that are their writer's own."""
INNER = (
    "supporter", "、支持者", "，支持者", "：支持者", "neutral", "中立", "non-supporter", "41.5",
    "38 %", "minus 6%",
    "Consumer price index", "preferred supplier", "优先供应商", "in-depth", "深入接触",
    "cost=", "support=", "coverage=", "price_clause=", "relationship=",
)  # fmt: skip
"""What only the team of an open account may read."""
HIDDEN = (
    "Initech", "英泰克", "华远", "启岳", "Huayuan", "HY-2207", "HS-301", "INV-10398", "Samira",
    "Bill Tan", "郑国栋", "吴建平", "莫文涛", "数字铸造",
)  # fmt: skip
"""Team accounts, their people and papers: nothing for Jonas."""


def day(offset: int) -> str:
    return str(TODAY + timedelta(days=offset))


def work(offset: int) -> str:
    """The day that `{{workday offset}}` stands for."""
    return str(workday(TODAY + timedelta(days=offset)))


@dataclass(frozen=True)
class Case:
    """A question to a skill, and what the answer must hold."""

    skill: str
    who: str
    says: tuple[str, ...] = ()
    """In both languages: names, days, words of notes."""
    worded: tuple[tuple[str, str], ...] = ()
    """In English, in Chinese."""
    amounts: tuple[tuple[str, str], ...] = ()
    """A number and its currency."""
    never: tuple[str, ...] = ()
    outcome: Outcome = Outcome.ANSWERED
    account: str = ""
    contact: str = ""
    person: str = ""
    text: tuple[str, str] = ("", "")
    terms: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    request: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        told = (self.skill, self.who, self.account, self.contact or self.person)
        return " ".join(part for part in (*told, *self.request.get("slots", {}).values()) if part)


CASES = [
    Case(
        "person_status", "li.na", account="ACME Corp", contact="Dana Wu",
        says=("Dana Wu", "can't defend a renewal", work(-12), work(-4), work(-150), "Li Na"),
        worded=(("decision maker", "决策者"), ("supporter", "支持者"),
                ("check whether it still holds", "请核实是否仍然成立")),
    ),
    Case(
        "person_status", "jonas.weber", account="ACME Corp", contact="Dana Wu",
        says=("Dana Wu", work(-4)), never=("can't defend a renewal",),
        worded=(("for the account's team only", "只对客户团队开放"),),
    ),
    Case(
        "last_contact", "li.na", account="ACME Corp", contact="Dana Wu",
        says=(work(-4), "Chen Bo", "TCO 我还没收到", work(-12), "Li Na"),
    ),
    Case(
        "last_contact", "li.na", account="ACME Corp", contact="Sun Meiling",
        says=(work(-21), work(-110), work(-205)), never=(work(-420), work(5)),
        worded=(("3 × meeting", "会议 3 次"),),
        request={"slots": {"measure": "count"}, "since": date(TODAY.year, 1, 1)},
    ),
    Case(
        "last_contact", "tom.becker", account="Nordvik Pumps",
        says=(work(-140),), never=(work(-16),),
    ),
    Case("last_contact", "li.na", account="ACME Corp", says=(work(-1), "Tang Rui"),
         never=("Internal sync", "内部对齐")),
    Case(
        "who_replaced", "li.na", account="ACME Corp", contact="Li Wei",
        says=("He Jing", work(-38), day(-45)),
    ),
    Case(
        "commitments", "li.na", account="ACME Corp",
        says=("TCO model", work(-6), work(-22), "Root-cause report", work(-4), work(-9),
              "Reissue INV-10432", day(4), "Reference visit", day(16), day(9),
              "Written renewal offer", "Jan Kessler", work(-74), "Kevin Zhao"),
        never=("Purchase order for the licence",),
        request={"slots": {"direction": "ours"}},
    ),
    Case(
        "commitments", "li.na", account="ACME Corp",
        says=("Purchase order", "He Jing", work(-8), work(-15), "Robert Hale", day(7),
              "INV-10432", day(-12)),
        amounts=(("96500", "USD"),), never=("TCO model",),
        request={"slots": {"direction": "theirs"}},
    ),
    Case(
        "commitments", "tom.becker", account="Globex",
        says=("pricing sheet", day(-12), "Tom Becker"),
        worded=((f"first promised for {work(-20)}", f"最初承诺 {work(-20)}"),),
    ),
    Case("who_knows", "li.na", person="chen.bo", says=("Tang Rui", "Wong Kai Ming", "ACME Corp")),
    Case(
        "who_knows", "li.na", account="Initech",
        says=("Helen Brandt", "Sofia Marek", "Victor Osei", "Paul Okafor"),
        request={"title_code": "legal", "title_text": "legal"},
    ),
    Case(
        "single_threaded", "henrik.aalto",
        says=("Nordvik Pumps", "华远智能装备", "Quellbrunn Automation", "启岳汽配", "Signe Aas"),
        never=("ACME", "Globex", "Initech", "澜石食品"),
    ),
    Case(
        "team_seats", "henrik.aalto", says=("Globex", "华远重工", "Kevin Zhao"),
        worded=(("delivery manager", "交付经理"), ("solution manager", "方案经理")),
        never=("ACME",), request={"slots": {"seat": "triangle"}},
    ),
    Case(
        "portfolio", "henrik.aalto",
        says=("Globex", "Nordvik Pumps", work(-140), "华远智能装备", work(-38)),
        worded=(("Without an executive sponsor", "没有高管赞助人"),),
    ),
    Case(
        "win_loss", "li.na", account="ACME Corp",
        says=("Harbor Core Suzhou", work(-402), "Corvexa", "Tang Rui"),
        request={"slots": {"outcome": "won"}, "competitors": ("Corvexa",)},
    ),
    Case(
        "win_loss", "henrik.aalto",
        says=("Vision line Penang", work(-210), "三厂视觉质检", work(-190), "Predict Antwerp",
              "砺云科技", "Corvexa"),
        never=("Melaka",),
        request={"slots": {"outcome": "lost", "rival": "any"}},
    ),
    Case(
        "competitor", "li.na", account="ACME Corp",
        says=("Corvexa", "砺云科技", "Free migration assessment before our notice date",
              "Rotterdam"),
    ),
    Case(
        "renewals", "li.na",
        says=("Initech", day(41), "ACME Corp", day(74), day(14), day(88), "Globex", day(40),
              day(130), "华远智能装备", day(85), "Quellbrunn Automation", day(32), day(62)),
        worded=(("notice given", "已发出终止通知"), ("the records differ", "与合同记录不一致")),
        never=("Nordvik",),
    ),
    Case(
        "accounts_at_risk", "henrik.aalto",
        says=("Initech", "ACME Corp", "HY-2207", "HS-301", "NV-88"),
        worded=(("notice given", "已发出终止通知"), ("severe complaint open", "严重投诉未关闭")),
    ),
    Case(
        "concentration", "henrik.aalto",
        says=("华远重工", "ACME Corp", "59.0 %", f"7.1 CNY ({day(-2)})", "7.75 CNY"),
        amounts=(("35640000", "CNY"), ("60367500", "CNY")),
    ),
    Case("margin", "li.na", account="ACME Corp", says=("41.5 %",),
         amounts=(("2400000", "USD"), ("1404000", "USD"))),
    Case("margin", "jonas.weber", account="ACME Corp", outcome=Outcome.DENIED,
         never=("41.5", "cost"), says=("ACME Corp",)),
    Case(
        "complaints", "henrik.aalto",
        says=("EB-200 gateways", work(-16), "Historian lost eleven days", work(-33),
              "wrong unit for steam", day(-9)),
        never=("成都工厂报表打开缓慢",), request={"slots": {"days": "7"}},
    ),
    Case(
        "whitespace", "li.na", says=("铸造三厂", "EdgeBox EB-400", "Managed Operations"),
        amounts=(("5200000", "CNY"), ("620000", "USD")), never=("铸造二厂", "Suzhou"),
    ),
    Case("promotion_candidates", "henrik.aalto", says=("澜石食品", "+70.3 %", "48, 61, 68")),
    Case(
        "account_class", "li.na", account="ACME Corp",
        says=("8.20", "8.50", day(-121), "55.0 %", "Li Na",
              "Second largest customer"),
        worded=(("preferred supplier", "优先供应商"), ("key account", "重点客户")),
    ),
    Case("account_class", "jonas.weber", account="ACME Corp", says=("8.20",),
         never=("preferred", "优先供应商")),
    Case(
        "cadence_gaps", "li.na", says=("Frank Osterman", work(-170), "魏珍"),
        never=("Dana Wu",),
    ),
    Case(
        "receivables", "henrik.aalto",
        says=("HY-2207", "INV-10398", "INV-10432", "RE-5521", "HS-301", "NV-88", "QB-771"),
        amounts=(("1860000", "CNY"), ("105000", "USD"), ("160000", "EUR"), ("215000", "CNY"),
                 ("21000", "EUR"), ("38500", "EUR")),
        worded=(("disputed", "有争议"),), never=("HY-2231", "LS-1180"),
    ),
    Case("receivables", "henrik.aalto", says=("INV-10398",), never=("HY-2207",),
         request={"slots": {"disputed": "yes"}}),
    Case("receivables", "jonas.weber", says=("LS-1180", day(-42)),
         text=("Was LS-1180 paid?", "LS-1180付款了吗？")),
    Case(
        "renewals", "li.na", account="ACME Corp",
        says=("ACME-MSA-2", "60 days net", "Consumer price index"),
        amounts=(("1150000", "USD"),), request={"slots": {"ask": "terms"}},
    ),
    Case(
        "renewals", "jonas.weber", account="Globex", says=("GLX-SUP-11", "30 days net"),
        never=("Producer price index", "2.5 %"), request={"slots": {"ask": "terms"}},
    ),
    Case("person_status", "li.na", account="ACME Corp", contact="Dana Wu",
         says=("+86 21 5550 0117",), never=("TCO",), request={"slots": {"ask": "phone"}}),
    Case("who_may_see", "li.na", account="Initech",
         says=("Li Na", "Chen Bo", "Sofia Marek", "Grace Lin", "Henrik Aalto", "Victor Osei"),
         never=("Jonas Weber", "Zhou Qiang", "Tom Becker", "Kevin Zhao")),
    Case("who_may_see", "grace.lin", account="ACME Corp", person="jonas.weber",
         says=("Jonas Weber",), worded=(("but not its inner facts", "不能看内部信息"),),
         never=("41.5", "38 %")),
    Case("who_may_see", "grace.lin", account="Initech", person="jonas.weber",
         worded=(("cannot see Initech", "不能看"),)),
    Case("who_may_see", "grace.lin", account="Globex", person="li.na",
         says=("Tom Becker", day(8)), worded=(("Yes: Li Na", "能看：Li Na"),)),
    Case("who_may_see", "grace.lin", account="Globex", says=("Li Na", day(8)),
         never=("Martin Kehl",)),
    Case("cadence_gaps", "grace.lin", person="tom.becker", says=("Nordvik",),
         never=("华远智能装备",), request={"slots": {"level": "account", "days": "30"}}),
    Case("team_seats", "henrik.aalto", says=("Victor Osei", "Henrik Aalto", "Globex"),
         never=("Martin Kehl:",),
         request={"slots": {"seat": "sponsor", "class": "key", "holders": "yes"}}),
    Case("team_seats", "li.na", account="ACME Corp", says=("Victor Osei",),
         never=("Kevin Zhao",), request={"slots": {"seat": "sponsor"}}),
    Case("stakeholders", "li.na", account="Initech", says=("Helen Brandt", "Paul Okafor"),
         never=("Bill Tan", "enemy"), request={"slots": {"department": "legal"}}),
    Case("portfolio", "henrik.aalto", says=("Li Na", "Tom Becker"), never=("NV-88",),
         request={"slots": {"ask": "load"}}),
    Case(
        "my_week", "li.na",
        says=("Ulrich Stamm", "Initech", "Kevin Zhao", "TCO review", work(5)),
        worded=(("Help needed", "需要支持"), ("red", "红灯")),
        amounts=(("2075000", "CNY"), ("198500", "EUR"), ("201500", "USD")),
        request={"slots": {"kind": "report"}},
    ),
    Case(
        "stakeholders", "li.na", account="ACME Corp",
        says=("Dana Wu", "Sun Meiling", "Tang Rui", "Pieter van Dalen", "He Jing"),
        worded=(("mentor", "导师"), ("blocker", "阻碍者")), never=("Li Wei",),
    ),
    Case("stakeholders", "li.na", account="华远重工", says=("冯海涛",),
         worded=(("opposed", "反对"),), never=("enemy", "郑国栋"),
         request={"slots": {"stance": "against"}}),
    Case(
        "account_brief", "li.na", account="ACME Corp",
        says=("Li Na", "+10.1 %", "Dana Wu", work(-1), "Master agreement renewal", day(14)),
        amounts=(("2400000", "USD"), ("1150000", "USD")),
        worded=(("amber", "黄灯"),),
    ),
    Case(
        "changes_since", "li.na", account="ACME Corp",
        says=("Li Wei", day(-45), "He Jing", work(-38), "EB-200 gateways", work(-16), "NPS 18",
              "8.20", "8.50"),
        request={"since": date(2026, 7, 1)},
    ),
    Case(
        "changes_since", "tom.becker", says=("Answer on the margin table", "RE-5521"),
        worded=(("fell due", "到期"),), never=("ACME", "Initech"),
    ),
    Case(
        "my_day", "li.na",
        says=("三厂 EB-400 初步方案给罗敏", "TCO model", "Tom Becker", "pricing sheet",
              "ACME-MSA-2", day(14), "EB-200 gateways", "Kevin Zhao", work(5), "TCO review"),
        never=("self-service tariff", "NV-88"),
    ),
    Case("my_day", "tom.becker", says=(day(8), "Li Na", "Globex", "NV-88", "pricing sheet")),
    Case("my_day", "jonas.weber", outcome=Outcome.UNKNOWN, never=("ACME",)),
    Case(
        "my_week", "li.na", says=("TCO review", work(5), "Recovery review", "维保续约报价"),
    ),
    Case(
        "meeting_brief", "li.na",
        says=("TCO review", work(5), "Dana Wu", "Sun Meiling", "TCO 我还没收到",
              "can't defend a renewal", "Master agreement renewal"),
        worded=(("suggestion from gaps", "根据记录缺口的建议"),),
    ),
    Case(
        "meeting_brief", "henrik.aalto", account="华远重工", says=("数字铸造二期", "静默期"),
        never=("Suggested questions", "建议提问"),
    ),
    Case(
        "handover", "li.na", account="ACME Corp",
        says=("Dana Wu", "He Jing", "TCO model", "ACME-MSA-2", "Replace Corvexa in Rotterdam",
              "Kevin Zhao", "Consumer price index", "Pieter van Dalen"),
        never=("猎头",),
    ),
    Case(
        "handover", "henrik.aalto", person="kevin.zhao",
        says=("Introduce a security architect", "OT security assessment", "华远重工",
              "Jan Kessler", day(-70)),
    ),
    Case("relationship_map", "li.na", account="ACME Corp",
         says=("Dana Wu", "Sun Meiling", "Jan Kessler")),
    Case("plan_draft", "li.na", account="ACME Corp", says=("Dana Wu", "ACME-MSA-2")),
    Case("plan_gaps", "li.na", account="ACME Corp", says=("ACME Corp",)),
    Case("plan_changes", "li.na", account="ACME Corp"),
    Case("rank_candidates", "henrik.aalto", says=("ACME Corp", "Globex")),
    Case("recap", "li.na", account="ACME Corp", outcome=Outcome.CLARIFY),
    Case("crm_form", "li.na", account="ACME Corp", outcome=Outcome.CLARIFY),
    Case("handover", "li.na", person="tom.becker",
         says=(day(-5), day(8), "Li Na", "pricing sheet", "Claire Dubois")),
    Case(
        "trends", "henrik.aalto", says=("澜石食品", "+70.3 %", "-15.6 %", "NPS"),
        worded=(("falling", "下降"), ("rising", "上升")),
    ),
    Case("trends", "li.na", account="ACME Corp",
         says=("52", "47", "41", "18", "2026-Q3", "+10.1 %"), worded=(("falling", "下降"),)),
    Case(
        "forecast", "li.na", says=("2026-Q4", "2027-Q1", "OT security assessment"),
        amounts=(("9500000", "CNY"), ("6800000", "CNY")),
        worded=(("not counted", "未计入"), ("gap", "缺口")), never=("Leuna",),
    ),
    Case(
        "forecast", "henrik.aalto", says=("Li Na", "Tom Becker", "Zhou Qiang"),
        amounts=(("200000", "CNY"), ("2400000", "CNY")), request={"slots": {"ask": "gap"}},
    ),
    Case("forecast", "jonas.weber", never=("9,500,000", "950万", "Li Na", "目标 950")),
    Case("best_path", "jonas.weber", account="ACME Corp", contact="Frank Osterman",
         says=("Victor Osei", "Frank Osterman", work(-170))),
    Case("best_path", "li.na", account="Initech", says=("Helen Brandt", "Sofia Marek"),
         request={"title_code": "legal", "title_text": "legal"}),
    Case("group_entities", "li.na", account="华远智能装备", says=("华远重工", "华远智能装备"),
         amounts=(("18600000", "CNY"), ("2160000", "CNY"), ("20760000", "CNY"))),
    Case("group_entities", "tom.becker", account="Globex", outcome=Outcome.UNKNOWN),
    Case(
        "said_about", "li.na", account="ACME Corp", says=("资本开支冻结",),
        text=("What was said about the budget?", "关于预算说过什么？"),
        terms=(("预算",), ("预算",)),
    ),
    Case(
        "methodology", "jonas.weber",
        text=("How does the scoring matrix work?", "评分矩阵怎么用？"),
        worded=(("1", "1"),),
    ),
    Case("help", "jonas.weber", says=("ACME Corp",)),
    Case("source", "li.na", outcome=Outcome.UNKNOWN),
]  # fmt: skip


@dataclass(frozen=True)
class World:
    """The sample book as of 21 November 2026, loaded as the demo loads it."""

    store: Store
    book: SampleBook
    search: Search
    names: NameIndex
    accounts: dict[str, int]
    contacts: dict[tuple[int, str], int]
    people: dict[str, int]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("sample")
    book = materialise(home / "book", TODAY)
    store = Store.at(home / "kam.sqlite3")
    upgrade(store)
    sync(store)
    assert import_path(store, book.workbook, clock=NOON).problems == []
    assert ingest_paths(store, [book.notes_folder], clock=NOON).failed == []
    search = open_search(store, embeddings="none", home=home, chroma_url=None)
    with store.read() as session:
        accounts = dict(session.execute(select(Account.name, Account.id)).all())
        contacts = {
            (row.account_id, row.name): row.id
            for row in session.execute(select(Contact.account_id, Contact.name, Contact.id))
        }
        people = {
            email.partition("@")[0]: key
            for email, key in session.execute(select(Person.email, Person.id))
        }
        names = BookNames(store).current(session).names
    yield World(store, book, search, names, accounts, contacts, people)
    search.close()
    store.close()


def answer(world: World, case: Case, language: Language, **given: Any) -> Reply:
    at = 0 if language == "en" else 1
    account = world.accounts.get(case.account)
    request: dict[str, Any] = {
        "account_ids": (account,) if account else (),
        "contact_ids": (world.contacts[account, case.contact],) if case.contact else (),
        "person_ids": (world.people[case.person],) if case.person else (),
        "text": case.text[at],
        "terms": case.terms[at],
    }
    return ask(
        world.store, REGISTRY[case.skill], case.who, language, search=world.search,
        **(request | case.request | given),
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_answer_holds_the_facts_and_nothing_that_is_not_theirs(
    world: World, case: Case, language: Language
) -> None:
    reply = answer(world, case, language)
    at = 0 if language == "en" else 1
    wanted = [
        *case.says,
        *(pair[at] for pair in case.worded),
        *(amount(Decimal(value), name, language) for value, name in case.amounts),
    ]
    assert reply.outcome is case.outcome
    assert [part for part in wanted if part not in reply.markdown] == [], reply.markdown
    assert [part for part in case.never if part in reply.markdown] == [], reply.markdown


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_whatever_states_a_fact_is_held_to_its_source(
    world: World, case: Case, language: Language
) -> None:
    reply = answer(world, case, language)
    assert reply.markdown.strip(), "no reply is empty"
    assert reply.language == language
    cited = {citation.n for citation in reply.citations}
    for line in lines(reply):
        marked = {int(number) for number in MARK.findall(line)}
        assert marked <= cited
        assert (
            marked
            or line.strip() in {plain.strip() for plain in reply.plain}
            or (case.skill in ("help", "methodology"))
        ), line
    assert {int(number) for number in MARK.findall(reply.markdown)} == cited
    if reply.outcome is Outcome.UNKNOWN:
        assert reply.looked_at
    if case.skill != "methodology":
        assert ground(reply, world.names).dropped == () or case.skill == "help"
    for citation in reply.citations:
        check(world, citation.source)


def check(world: World, source: object) -> None:
    """The source says what it is cited for."""
    match source:
        case NoteSource():
            assert source.quote
            assert source.quote in note_text(world, source.where)
        case RecordSource():
            assert source.columns
            row = workbook_row(world, source.table, source.key)
            # As people are shown it: a plan keeps what it cites as one quote.
            for part in re.split(rf"; (?=(?:{'|'.join(row)})=)", source.quote):
                column, _, value = part.partition("=")
                assert same(row[column], value), (source.where, column, row[column], value)
        case MethodSource():
            with world.store.read() as session:
                text = session.scalar(
                    select(Passage.text).where(Passage.method_key == source.where)
                )
            assert text is not None
            assert source.quote in text
        case ComputedSource():
            assert source.quote
            assert "(" in source.where, "it names its function and its row of the method"
            for where in source.inputs:
                table, _, key = where.partition(":")
                if (world.book.workbook / f"{table}.csv").exists():
                    assert workbook_row(world, table, key)
                else:
                    assert note_text(world, where)


def note_text(world: World, where: str) -> str:
    with world.store.read() as session:
        text = session.scalar(
            select(Note.text)
            .join(NotePlace, NotePlace.note_id == Note.id)
            .where(NotePlace.place == where)
        )
    assert text is not None, where
    return text


KEYS = {
    "people": ("email",), "accounts": ("name",), "products": ("product",),
    "team": ("account", "person", "seat"), "contacts": ("account", "name"),
    "opportunities": ("account", "name"), "goals": ("account", "goal"),
    "actions": ("account", "action", "direction"),
    "activities": ("account", "date", "kind", "subject"), "contracts": ("account", "contract"),
    "receivables": ("account", "invoice"), "targets": ("owner", "account", "period", "kind"),
    "rates": ("currency", "to", "as_of"), "financials": ("account", "period"),
    "scores": ("account", "criterion", "scored_on"), "installed": ("account", "unit", "product"),
    "competitors": ("account", "competitor"),
    "complaints": ("account", "raised_on", "complaint"),
    "satisfaction": ("account", "date", "kind"), "investments": ("account", "kind", "period"),
    "time": ("person", "week", "account"), "cover": ("person", "from"),
}  # fmt: skip
"""contract.md, "The workbook"."""


@cache
def sheet(folder: Path, table: str) -> dict[str, dict[str, str]]:
    """The rows of a sheet by their key, as a citation's place spells it."""
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {" / ".join(row[name] for name in KEYS[table] if row[name]): row for row in rows}


def workbook_row(world: World, table: str, key: str) -> dict[str, str]:
    found = sheet(world.book.workbook, table)
    assert key in found, f"{table}:{key}"
    return found[key]


def same(cell: str, value: str) -> bool:
    """Whether the value is the cell's, a number in whatever scale."""
    if cell == value:
        return True
    try:
        return Decimal(cell) == Decimal(value)
    except InvalidOperation:
        return False


def test_every_skill_that_reads_is_in_the_table() -> None:
    assert set(REGISTRY) - {case.skill for case in CASES} == set()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("skill", sorted(REGISTRY))
def test_an_outsider_reads_no_inner_fact_and_of_no_team_account(
    world: World, skill: str, language: Language
) -> None:
    """Jonas may see open accounts; of their inner facts and of team accounts, nothing."""
    asked = [
        Case(skill, "jonas.weber", account="ACME Corp", contact="Dana Wu"),
        Case(skill, "jonas.weber", account="Globex", contact="Nils Haas"),
        Case(skill, "jonas.weber", account="ACME Corp", request={"slots": {"scope": "all"}}),
        Case(skill, "jonas.weber", account="ACME Corp", person="kevin.zhao",
             request={"since": date(2026, 1, 1)}),
    ]  # fmt: skip
    for case in asked:
        reply = answer(world, case, language, text="stance margin 态度 毛利", terms=("margin",))
        said = reply.markdown + str(reply.as_json(elapsed_ms=0))
        if skill != "methodology":  # the method speaks of stances in general
            assert [word for word in INNER if word in said] == []
        assert [word for word in HIDDEN if word in said] == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_nobody_reads_anybody_elses_own_notes(world: World, case: Case, language: Language) -> None:
    reply = answer(world, case, language)
    said = reply.markdown + str(reply.as_json(elapsed_ms=0))
    assert [who for who, words in PRIVATE.items() if words in said and who != case.who] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_only_initech_is_red(world: World, language: Language) -> None:
    reply = answer(world, Case("accounts_at_risk", "henrik.aalto"), language)
    red, amber = ("Red", "Amber") if language == "en" else ("红灯", "黄灯")
    section = reply.markdown.partition(f"**{red}**")[2].partition(f"**{amber}**")[0]
    assert [line[2:9] for line in section.split("\n") if line.startswith("- ")] == ["Initech"]


def test_the_largest_unworked_potential_comes_first(world: World) -> None:
    reply = answer(world, Case("whitespace", "li.na"), "en")
    rows = [line for line in lines(reply) if "[" in line]
    assert "铸造三厂" in rows[0]
    assert "Rotterdam plant | Managed Operations" in rows[1]


def test_paul_okafor_is_known_to_sofia_alone(world: World) -> None:
    case = Case("who_knows", "li.na", account="Initech",
                request={"title_code": "legal", "title_text": "legal"})  # fmt: skip
    paul = next(line for line in lines(answer(world, case, "en")) if "Okafor" in line)
    assert "Sofia Marek" in paul
    assert "Victor" not in paul


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", [c for c in CASES if c.outcome is Outcome.ANSWERED], ids=str)
def test_the_answers_sources_can_be_asked_for_and_are_all_there(
    world: World, case: Case, language: Language
) -> None:
    reply = answer(world, case, language)
    again = ask(
        world.store, REGISTRY["source"], case.who, language,
        previous=reply.as_json(elapsed_ms=0),
    )  # fmt: skip
    given = {citation.n: citation.source.quote for citation in reply.citations}
    assert {citation.n: citation.source.quote for citation in again.citations} == given

"""What in a note is a promise, whose and until when, and what only sounds like one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from ingest.notes import MeetingNote, Writer, extract
from kam_knowledge.access import Audience, Viewer, decide
from kam_knowledge.queries.book import BookNames
from kam_knowledge.queries.records import Records
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Person
from tests.integration.asking import TODAY

LI_NA, PRIYA, CHEN = "li.na@example.com", "priya.raman@example.com", "chen.bo@example.com"


@pytest.fixture(scope="session")
def understand(sample_rows: Store) -> Callable[[str], MeetingNote]:
    """Understands a text that Li Na writes on Saturday, 21 November 2026, as one note."""
    names = BookNames(sample_rows)

    def understood(text: str) -> MeetingNote:
        with sample_rows.read() as session:
            person = session.scalar(select(Person.id).where(Person.email == LI_NA))
            assert person is not None
            rights = decide(session, Viewer(person), Audience.only(person), TODAY)
            writer = Writer(names.current(session).names, Records(session, rights, keeps=True))
            (note,) = extract(text, writer).notes
            return note

    return understood


@pytest.mark.parametrize(
    ("text", "direction", "owner", "due"),
    [
        ("met Dana Wu at ACME; I'll send the TCO by Thu", "ours", LI_NA, "2026-11-26"),
        ("Dana Wu called. We will update the deck next week.", "ours", LI_NA, "2026-11-27"),
        ("Dana Wu called. She'll share the plan by 4 Dec.", "theirs", "Dana Wu", "2026-12-04"),
        ("call with ACME: they will confirm the date by 30 Nov", "theirs", None, "2026-11-30"),
        ("met Dana Wu, Priya to run the demo on 8 December", "ours", PRIYA, "2026-12-08"),
        ("met Dana Wu. I told her Chen Bo would call her tomorrow.", "ours", CHEN, "2026-11-22"),
        ("met Tang Rui; he promised the test log before 1 Dec", "theirs", "Tang Rui", "2026-11-30"),
        ("Tang Rui asked us to send spare parts by Monday", "ours", LI_NA, "2026-11-23"),
        ("I owe Dana Wu the reference list by Monday", "ours", LI_NA, "2026-11-23"),
        ("call with Dana Wu\nNext steps:\n- Priya: deck, 4 Dec", "ours", PRIYA, "2026-12-04"),
        (
            "ACME's CFO called, she will pay the invoice by Friday",
            "theirs",
            "Sun Meiling",
            "2026-11-27",
        ),
        ("今天见了唐睿，我周四前发报告", "ours", LI_NA, "2026-11-26"),
        ("今天见了唐睿，周四前发报告", "ours", LI_NA, "2026-11-26"),
        ("今天见了郑总，他答应下周三前给答复", "theirs", "郑国栋", "2026-11-25"),
        ("今天见了唐睿，陈波负责12月5日前修复网关", "ours", CHEN, "2026-12-05"),
        ("与ACME开会，他们承诺月底前提供数据", "theirs", None, "2026-11-30"),
        ("何静要求我们11月30日前提交问卷", "ours", LI_NA, "2026-11-30"),
        ("今天见了唐睿。我来准备培训材料，12月5日前发", "ours", LI_NA, "2026-12-05"),
        ("今天见了唐睿，由陈波跟进网关问题", "ours", CHEN, None),
        ("唐睿把测试数据下周一发我", "theirs", "Tang Rui", "2026-11-23"),
        ("拜访ACME，见了何静\n对方承诺：周五前给意见", "theirs", None, "2026-11-27"),
    ],
)
def test_a_promise_has_its_side_its_owner_and_its_day(
    understand: Callable[[str], MeetingNote],
    text: str,
    direction: str,
    owner: str | None,
    due: str | None,
) -> None:
    found = [
        (a.direction, a.owner, str(a.due) if a.due else None) for a in understand(text).actions
    ]
    assert found == [(direction, owner, due)]


@pytest.mark.parametrize(
    "text",
    [
        "met Dana Wu, good mood, no next steps",
        "Dana Wu wants the contract by Friday",
        "Dana Wu might send the plan next week",
        "If ACME signs, we will send the hardware",
        "Dana Wu told me Corvexa will send an offer next week",
        "We sent Dana Wu the TCO on Friday",
        "ACME will open a new plant next year, said Dana Wu",
        "Dana Wu asked whether we could lower the price by January",
        "I won't send the price list to Dana Wu",
        "Can you send Dana Wu the deck by Friday?",
        "met Dana Wu\n> I will send you the plan by Friday",
        "今天见了唐睿，气氛不错，没有要跟进的",
        "何静想12月1日前拿到合同",
        "唐睿可能下周发数据，还没定",
        "如果ACME签了，我们就发货",
        "今天已经把报告发给唐睿了",
        "唐睿说项目推迟到明年一季度",
        "唐睿问我们能不能下周降价，我没答应",
    ],
)
def test_what_is_wished_asked_doubted_or_done_is_no_promise(
    understand: Callable[[str], MeetingNote], text: str
) -> None:
    assert understand(text).actions == ()


@pytest.mark.parametrize(
    ("text", "change", "person"),
    [
        ("Li Wei left ACME in October", "left", "Li Wei"),
        ("Robert Hale has been promoted to COO at ACME", "promoted", "Robert Hale"),
        ("Tang Rui now reports to Robert Hale", "reports_to", "Tang Rui"),
        ("郑国栋升任集团副总裁", "promoted", "郑国栋"),
        ("钱伟下个月离职", "left", "钱伟"),
    ],
)
def test_changes_among_their_people_are_signals_with_their_words(
    understand: Callable[[str], MeetingNote], text: str, change: str, person: str
) -> None:
    (signal,) = [one for one in understand(text).signals if one.type == "org_change"]
    assert (signal.change, signal.person) == (change, person)
    assert signal.text in text


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("met Dana Wu and Tang Rui, Pieter van Dalen could not make it", {"Dana Wu", "Tang Rui"}),
        ("call with Dana Wu, she will ask Robert Hale", {"Dana Wu"}),
        ("lunch with ACME's CTO", {"Dana Wu"}),
        ("Heard from Aisyah Rahman that Robert Hale may leave ACME", {"Aisyah Rahman"}),
        ("I will call Tang Rui on Monday", set()),
        ("met Dana Wu's assistant at ACME", set()),
        ("今天和孙总、何静开会，唐睿没来", {"Sun Meiling", "He Jing"}),
        ("听说唐睿要走", set()),
        ("下周约唐睿吃饭", set()),
    ],
)
def test_those_were_there_whom_the_words_of_meeting_name(
    understand: Callable[[str], MeetingNote], text: str, there: set[str]
) -> None:
    assert set(understand(text).attendees) == there


@pytest.mark.parametrize(
    ("text", "owner", "due"),
    [
        ("Met Dana Wu. She's waiting for our response, due 24 Nov.", LI_NA, "2026-11-24"),
        ("Met Dana Wu. The forecast comes from Tang Rui by 25 Nov.", "Tang Rui", "2026-11-25"),
        ("Met Dana Wu. Sensor swap -> Chen Bo, Thu.", CHEN, "2026-11-26"),
        ("Met Dana Wu. The translation is with Priya (due 24/11).", PRIYA, "2026-11-24"),
        ("Met Dana Wu. I was asked to provide a statement by 27 Nov.", LI_NA, "2026-11-27"),
        ("Met Dana Wu. She has the old sheets scanned for us by Monday.", "Dana Wu", "2026-11-23"),
        ("Met Dana Wu. Tang Rui invites us to the supplier day.", "Tang Rui", None),
        ("Met Dana Wu. @Chen Bo can you check the gateway?", CHEN, None),
        ("今天见了唐睿。报价我们周五前出。", LI_NA, "2026-11-27"),
        ("今天见了唐睿。他欠我们一份授权。", "Tang Rui", None),
        ("今天见了唐睿，他要求30号前提供应急预案。", LI_NA, "2026-11-30"),
        ("今天见了唐睿。日志我导出来给他看。", LI_NA, None),
    ],
)
def test_what_no_word_of_will_introduces_is_promised_too(
    understand: Callable[[str], MeetingNote], text: str, owner: str, due: str | None
) -> None:
    (action,) = understand(text).actions
    assert action.owner == owner
    assert (action.due.isoformat() if action.due else None) == due


@pytest.mark.parametrize(
    "text",
    [
        "Met Dana Wu. Tang Rui sends us a report every month.",
        "Met Dana Wu. She is replacing the fuse box on Friday.",
        "今天见了唐睿。竞品周末都送货。",
        "今天见了唐睿。陈波介绍了方案。",
    ],
)
def test_a_standing_arrangement_or_what_others_do_for_themselves_is_no_promise(
    understand: Callable[[str], MeetingNote], text: str
) -> None:
    assert understand(text).actions == ()


@pytest.mark.parametrize(
    ("text", "left"), [("Dana Wu left a message yesterday", False), ("Dana Wu left ACME", True)]
)
def test_who_left_a_message_has_not_left(
    understand: Callable[[str], MeetingNote], text: str, left: bool
) -> None:
    assert any(one.change == "left" for one in understand(text).signals) is left


def test_every_word_of_a_note_that_is_shown_stands_in_it(
    understand: Callable[[str], MeetingNote],
) -> None:
    text = (
        "Call with Dana Wu at ACME yesterday. She is worried about migration cost, budget frozen "
        "until March. We agreed that the pilot starts in May. I'll send the TCO by Thu."
    )
    note = understand(text)
    said = [*note.concerns, *note.decisions, *(one.text for one in note.signals)]
    said += [one.words for one in note.actions]
    assert said
    assert all(words in text for words in said)


def test_a_note_about_nothing_leaves_everything_empty(
    understand: Callable[[str], MeetingNote],
) -> None:
    note = understand("Dana Wu at ACME prefers mails in the morning")
    assert (note.attendees, note.actions, note.decisions, note.concerns) == ((), (), (), ())
    assert (note.sentiment, note.signals, note.competitors) == (None, (), ())

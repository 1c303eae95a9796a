"""A message becomes a request: whom, what, when; what a thread carries; what rights hide."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.assistant.understanding.features import prepared
from bot.assistant.understanding.intent import intent_examples
from bot.assistant.understanding.request import Request
from bot.assistant.understanding.thread import remembered
from bot.assistant.understanding.understand import understand
from kam_knowledge.access import Audience, Rights, Viewer, decide
from kam_knowledge.clock import Clock
from kam_knowledge.language.names import NameIndex
from kam_knowledge.queries.book import BookNames
from kam_knowledge.queries.records import Records
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Contact, Person

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = ROOT / "tests" / "evaluation" / "understanding" / "messages.tsv"
SHARED = ROOT.parent / "shared" / "questions.jsonl"


class Talk:
    """One person's conversation, as the assistant keeps it between turns."""

    def __init__(
        self, session: Session, names: NameIndex, rights: Rights, alone: Rights, default: int | None
    ) -> None:
        self.records = Records(session, rights)
        self.names, self.alone, self.default = names, alone, default
        self.focus: dict[str, Any] = {}
        self.open: str | None = None

    def say(self, text: str) -> Request:
        request = understand(
            text,
            names=self.names,
            records=self.records,
            asker=self.alone,
            focus=self.focus,
            asked=self.open,
            default_account_id=self.default,
        )
        back = bool(request.choices or request.missing)
        self.focus |= remembered(request, asked_back=back)
        if not back:
            self.open = None
        elif not (request.pending or {}).get("turn"):
            self.open = text
        return request

    def accounts(self, request: Request) -> list[str]:
        return [self.records.accounts[key].name for key in request.account_ids]

    def contacts(self, request: Request) -> list[str]:
        rows = [self.records.get(Contact, key) for key in request.contact_ids]
        return [row.name for row in rows if row]


Talking = Callable[..., Talk]


@pytest.fixture
def talk(sample_rows: Store, saturday: Clock) -> Iterator[Talking]:
    """Begins a conversation of somebody of the sample book: `talk("li.na")`."""
    with sample_rows.read() as session:
        names = BookNames(sample_rows).current(session).names

        def begin(
            who: str, *, readers: Iterable[str] | None = (), channel_of: str | None = None
        ) -> Talk:
            people = {
                row.email.partition("@")[0]: row.id for row in session.scalars(select(Person))
            }
            viewer = Viewer(people[who])
            alone = Audience.only(people[who])
            audience = alone
            if readers is None:
                audience = Audience.everyone()
            elif readers:
                audience = Audience.members([people[who], *(people[one] for one in readers)])
            bound = session.scalar(select(Account.id).where(Account.name == channel_of))
            today = saturday.today
            return Talk(
                session,
                names,
                decide(session, viewer, audience, today),
                decide(session, viewer, alone, today),
                bound,
            )

        yield begin


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What's our status with ACME's CTO?", "en"),
        ("ACME 的 CTO 现在跟我们关系怎么样?", "zh"),
        ("Who is 吴建平?", "en"),
        ("Dana Wu 现在什么态度?", "zh"),
        ("华远重工 margin please", "en"),
    ],
)
def test_the_language_is_that_of_the_words_outside_names(
    talk: Talking, text: str, language: str
) -> None:
    assert talk("henrik.aalto").say(text).language == language


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("Give me ACME in five lines", "ACME Corp"),
        ("what's going on at acme corporation", "ACME Corp"),
        ("ACMEs CTO, where do we stand?", "ACME Corp"),
        ("whats globx status", "Globex"),
        ("HYHI 什么情况", "华远重工"),
        ("華遠重工什麼情況", "华远重工"),
        ("What's new at Lanshi?", "澜石食品"),
        ("格洛贝克斯近况", "Globex"),
    ],
)
def test_an_account_is_found_by_name_alias_abbreviation_script_and_slip(
    talk: Talking, text: str, account: str
) -> None:
    here = talk("henrik.aalto")
    assert here.accounts(here.say(text)) == [account]


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("What's our status with Dana Wu?", "Dana Wu"),
        ("How is 吴丹娜?", "Dana Wu"),
        ("What's our status with ACME's CTO?", "Dana Wu"),
        ("ACME 的财务总监现在什么态度?", "Sun Meiling"),
        ("Where are we with the head of procurement of ACME?", "He Jing"),
        ("Where do we stand with Globex's chief information officer?", "Ulrich Stamm"),
        ("How is Dana at Globex?", "Dana Kovac"),
        ("ACME 的吴总怎么样?", "Dana Wu"),
        ("What's our status with Dana Wuu?", "Dana Wu"),
        ("What's our status with D. Wu at ACME?", "Dana Wu"),
        ("Where are we with Meiling Sun?", "Sun Meiling"),
        ("孙总对我们什么态度?", "Sun Meiling"),
    ],
)
def test_a_contact_is_found_by_name_title_short_form_and_slip(
    talk: Talking, text: str, contact: str
) -> None:
    here = talk("henrik.aalto")
    request = here.say(text)
    assert (request.intent, here.contacts(request)) == ("person_status", [contact])


def test_who_was_replaced_is_the_one_who_left_there(talk: Talking) -> None:
    here = talk("li.na")
    for text in ("Who replaced Li Wei in procurement?", "采购部李伟走了谁接?"):
        request = here.say(text)
        assert request.intent == "who_replaced"
        assert (here.accounts(request), here.contacts(request)) == (["ACME Corp"], ["Li Wei"])


def test_a_department_means_everybody_in_it(talk: Talking) -> None:
    here = talk("li.na")
    for text in ("Who here knows anyone at Initech legal?", "谁认识 Initech 法务?"):
        request = here.say(text)
        assert (request.intent, request.title_code) == ("who_knows", "legal")
        assert here.contacts(request) == ["Helen Brandt", "Paul Okafor"]


def test_people_of_ours_products_rivals_and_days_are_found(talk: Talking, saturday: Clock) -> None:
    here = talk("grace.lin")
    request = here.say("Move the review with Globex to Friday, owner Chen Bo")
    assert request.intent == "reschedule"
    people = here.records.people
    assert [people[key].name for key in request.person_ids] == ["Chen Bo"]
    assert request.until is not None
    assert request.until.weekday() == 4
    assert here.say("Who doesn't have Harbor Predict yet?").products == ("Harbor Predict",)
    assert here.say("Where are we up against Corvexa?").competitors == ("Corvexa",)
    assert here.say("我们在哪些客户碰到砺云科技?").competitors == ("砺云科技",)
    request = here.say("How often have we seen ACME's CFO this year?")
    assert (request.since, request.until) == (
        saturday.today.replace(month=1, day=1),
        saturday.today,
    )
    assert request.slots["measure"] == "count"


def test_a_title_nobody_holds_is_kept_as_it_was_written(talk: Talking) -> None:
    here = talk("tom.becker")
    request = here.say("What's our status with Globex's CTO?")
    assert (request.contact_ids, request.title_code, request.title_text) == ((), "cto", "CTO")
    assert here.accounts(request) == ["Globex"]


def test_a_thread_in_english_keeps_the_account_the_person_and_the_question(talk: Talking) -> None:
    here = talk("henrik.aalto")
    here.say("What's our status with ACME's CTO?")
    request = here.say("and their CFO?")
    assert (request.intent, here.contacts(request)) == ("person_status", ["Sun Meiling"])
    request = here.say("when did we last talk to her?")
    assert (request.intent, here.contacts(request)) == ("last_contact", ["Sun Meiling"])
    request = here.say("what about Globex?")
    assert (request.intent, here.accounts(request)) == ("last_contact", ["Globex"])
    request = here.say("what do they owe us?")
    assert (request.intent, request.slots["direction"]) == ("commitments", "theirs")
    assert here.accounts(request) == ["Globex"]
    request = here.say("and ACME?")
    assert (request.intent, request.slots["direction"]) == ("commitments", "theirs")
    assert here.accounts(request) == ["ACME Corp"]
    request = here.say("any open complaints?")
    assert (request.intent, here.accounts(request)) == ("complaints", ["ACME Corp"])


def test_a_thread_in_chinese_keeps_the_account_the_person_and_the_question(talk: Talking) -> None:
    here = talk("henrik.aalto")
    here.say("ACME 的 CTO 现在跟我们关系怎么样?")
    request = here.say("他呢?")
    assert (request.intent, here.contacts(request)) == ("person_status", ["Dana Wu"])
    request = here.say("他老板呢?")
    assert here.contacts(request) == ["Frank Osterman"]
    request = here.say("他们的财务总监呢?")
    assert here.contacts(request) == ["Sun Meiling"]
    request = here.say("上次联系她是什么时候?")
    assert (request.intent, here.contacts(request)) == ("last_contact", ["Sun Meiling"])
    request = here.say("那 Globex 的 CIO 呢?")
    assert (request.intent, here.contacts(request)) == ("last_contact", ["Ulrich Stamm"])
    request = here.say("他们还欠我们什么?")
    assert (request.intent, here.accounts(request)) == ("commitments", ["Globex"])
    request = here.say("他们老板呢?")
    assert here.accounts(request) == ["Globex"]
    assert request.slots.get("ask") == "boss" or request.title_text == "老板"


def test_their_boss_is_who_stands_at_the_top_of_the_account(talk: Talking) -> None:
    here = talk("li.na")
    here.say("ACME 怎么样?")
    request = here.say("他们老板呢?")
    assert (request.intent, here.contacts(request)) == ("person_status", ["Frank Osterman"])


def test_an_asked_title_is_carried_to_another_account(talk: Talking) -> None:
    here = talk("henrik.aalto")
    here.say("What's our status with ACME's CIO?")
    request = here.say("and at Globex?")
    assert (request.intent, here.contacts(request)) == ("person_status", ["Ulrich Stamm"])


def test_a_question_about_all_accounts_is_not_narrowed_by_the_thread(talk: Talking) -> None:
    here = talk("li.na")
    here.say("Give me ACME in five lines")
    for text in ("Which accounts are red and why?", "哪些客户只有一个联系人?", "Renewals by risk"):
        assert here.say(text).account_ids == ()
    request = here.say("who decides there?")
    assert (request.intent, here.accounts(request)) == ("stakeholders", ["ACME Corp"])


def test_whose_accounts_are_meant_is_heard(talk: Talking) -> None:
    here = talk("li.na")
    assert here.say("Biggest unworked potential in my book?").scope == "mine"
    assert here.say("我名下最大的空白机会?").scope == "mine"
    assert here.say("Team view: accounts without sponsor").scope == "team"
    assert here.say("所有客户的健康度").scope == "all"
    assert here.say("What does Globex owe us?").scope == "named"


def test_two_danas_are_one_question_with_both_as_choices(talk: Talking) -> None:
    here = talk("li.na")
    request = here.say("What's our status with Dana?")
    assert [choice.label for choice in request.choices] == [
        "Dana Wu (Chief Technology Officer, ACME Corp)",
        "Dana Kovac (Head of Maintenance, Globex)",
    ]
    assert request.contact_ids == ()


@pytest.mark.parametrize(
    "answer",
    [
        "the second",
        "2",
        "the last one",
        "Dana Kovac",
        "Kovac",
        "the one at Globex",
        "Globex",
        "the head of maintenance",
        "Dana Kovac (Head of Maintenance, Globex)",
        "第二个",
        "Globex 那个",
        "我说的是 Dana Kovac",
    ],
)
def test_the_next_message_takes_a_choice_and_the_question_goes_on(
    talk: Talking, answer: str
) -> None:
    here = talk("li.na")
    here.say("When did we last talk to Dana about the price this year?")
    request = here.say(answer)
    assert (request.intent, here.contacts(request)) == ("last_contact", ["Dana Kovac"])
    assert request.since is not None
    assert "price" in " ".join(request.terms)
    assert request.language == "en"
    assert here.focus["pending"] is None


def test_a_new_question_leaves_the_open_one(talk: Talking) -> None:
    here = talk("li.na")
    here.say("What's our status with Dana?")
    request = here.say("What do we owe Globex?")
    assert (request.intent, here.accounts(request)) == ("commitments", ["Globex"])
    assert here.contacts(here.say("What's our status with Tang Rui?")) == ["Tang Rui"]


def test_a_short_form_of_address_asks_too_and_its_answer_is_taken(talk: Talking) -> None:
    here = talk("li.na")
    request = here.say("吴总现在什么态度?")
    assert {choice.label.split(" (")[0] for choice in request.choices} == {"Dana Wu", "吴建平"}
    request = here.say("华远智装那位")
    assert here.contacts(request) == ["吴建平"]
    assert request.language == "zh"


def test_the_wrong_dana_is_the_other_one(talk: Talking) -> None:
    here = talk("li.na")
    here.say("What's our status with ACME's CTO?")
    request = here.say("that's the wrong Dana")
    assert (request.intent, here.contacts(request)) == ("person_status", ["Dana Kovac"])
    here = talk("li.na")
    here.say("吴丹娜最近怎么样?")
    request = here.say("不是这个吴总")
    assert (request.intent, here.contacts(request)) == ("person_status", ["吴建平"])


def test_what_is_put_right_without_a_question_before_it_is_a_correction(talk: Talking) -> None:
    for text in ("No, that was the CIO.", "不对,是 CIO。"):
        request = talk("li.na").say(text)
        assert (request.intent, request.title_code) == ("correction", "cio")
    here = talk("li.na")
    here.say("What's our status with ACME's CTO?")
    request = here.say("No, I meant the CIO")
    assert (request.intent, here.contacts(request)) == ("person_status", ["Robert Hale"])


def test_a_missing_account_is_asked_for_and_taken_from_the_answer(talk: Talking) -> None:
    for question, answer in (
        ("How often have we seen their CFO this year?", "ACME"),
        ("今年见过 CFO 几次?", "ACME"),
        ("How often have we seen their CFO this year?", "the first"),
    ):
        here = talk("li.na")
        request = here.say(question)
        assert request.missing == "account"
        offered = [choice.label for choice in request.choices]
        assert offered == ["ACME Corp", "Initech", "华远智能装备", "华远重工"]
        request = here.say(answer)
        assert (request.intent, request.slots["measure"]) == ("last_contact", "count")
        assert here.contacts(request) == ["Sun Meiling"]
        assert request.missing == ""


def test_the_account_of_the_channel_stands_where_none_is_named(talk: Talking) -> None:
    here = talk("li.na", channel_of="ACME Corp")
    request = here.say("How often have we seen their CFO this year?")
    assert here.contacts(request) == ["Sun Meiling"]
    assert here.accounts(here.say("what about Globex?")) == ["Globex"]


def test_a_name_on_no_record_is_not_answered_with_the_one_before(talk: Talking) -> None:
    here = talk("li.na")
    here.say("What did we promise ACME?")
    request = here.say("and Wayne Enterprises?")
    assert (request.account_ids, request.missing) == ((), "account")
    assert request.unknown_names == ("Wayne Enterprises",)
    here.say("What's our status with Dana Wu?")
    request = here.say("When did we last talk to Peter Hartmann?")
    assert request.contact_ids == ()
    assert request.unknown_names == ("Peter Hartmann",)
    request = talk("li.na").say("刘总现在什么态度?")
    assert (request.missing, request.unknown_names) == ("person", ("刘总",))


def test_an_account_that_is_not_for_the_asker_is_denied_by_name_alone(talk: Talking) -> None:
    here = talk("jonas.weber")
    request = here.say("What's the status of Initech?")
    assert (request.account_ids, request.hidden_accounts) == ((), ("Initech",))
    assert request.hidden_from_asker
    assert request.choices == ()


def test_an_account_that_is_not_for_all_readers_is_told_from_one_not_for_the_asker(
    talk: Talking,
) -> None:
    here = talk("li.na", readers=["jonas.weber"])
    request = here.say("What's the status of Initech?")
    assert (request.account_ids, request.hidden_accounts) == ((), ("Initech",))
    assert not request.hidden_from_asker
    assert here.accounts(here.say("What's the status of ACME?")) == ["ACME Corp"]


def test_no_person_of_a_hidden_account_is_ever_found_offered_or_told_from_nobody(
    talk: Talking, sample_rows: Store
) -> None:
    here = talk("jonas.weber")
    with sample_rows.read() as session:
        rows = session.execute(select(Contact.name, Contact.aliases, Contact.account_id)).all()
    hidden = [
        name
        for own, aliases, account in rows
        if not here.records.rights.sees(account)
        for name in (own, *aliases)
    ]
    assert len(hidden) > 40
    visible = here.records.rights.visible
    for name in hidden:
        for text in (f"What's our status with {name}?", f"{name}现在什么态度?", f"{name}?"):
            request = talk("jonas.weber").say(text)
            assert request.hidden_accounts == ()
            found = [here.records.get(Contact, key) for key in request.contact_ids]
            offered = [here.records.get(Contact, choice.key) for choice in request.choices]
            assert all(row is not None and row.account_id in visible for row in found + offered)


def test_of_two_people_only_the_visible_one_is_meant(talk: Talking) -> None:
    here = talk("jonas.weber")
    request = here.say("Who is 吴总?")
    assert (here.contacts(request), request.choices) == (["Dana Wu"], ())


def test_a_thread_forgets_an_account_that_is_no_longer_to_be_seen(talk: Talking) -> None:
    before = talk("li.na")
    before.say("What's our status with Initech's CFO?")
    before.say("What's our status with Dana?")
    assert before.focus["account_ids"]
    after = talk("jonas.weber")
    after.focus, after.open = before.focus, before.open
    request = after.say("and their CIO?")
    assert (request.account_ids, request.contact_ids) == ((), ())
    after.focus, after.open = {**before.focus, "pending": None}, None
    request = after.say("When did we last talk to her?")
    assert (request.account_ids, request.contact_ids) == ((), ())
    assert request.missing == "account"


def test_a_choice_that_is_no_longer_to_be_seen_cannot_be_taken(talk: Talking) -> None:
    before = talk("li.na")
    request = before.say("吴总现在什么态度?")
    hidden = next(n for n, choice in enumerate(request.choices, 1) if "吴建平" in choice.label)
    after = talk("jonas.weber")
    after.focus, after.open = before.focus, before.open
    for answer in (f"第{hidden}个", "吴建平"):
        request = after.say(answer)
        assert "吴建平" not in after.contacts(request)


def test_a_guest_among_the_readers_leaves_no_name_to_find(talk: Talking, saturday: Clock) -> None:
    here = talk("li.na")
    rights = decide(
        here.records.session,
        Viewer(None),
        Audience.everyone(outsiders=True),
        saturday.today,
    )
    guest = Talk(here.records.session, here.names, rights, rights, None)
    request = guest.say("What's our status with Dana Wu at ACME? Ask Li Na.")
    assert (request.account_ids, request.contact_ids, request.person_ids) == ((), (), ())
    assert request.hidden_accounts == ()


def test_a_thread_keeps_ids_and_codes_and_no_name(talk: Talking) -> None:
    here = talk("li.na")
    for text in ("What's our status with Dana?", "the first", "and Globex's CFO?"):
        here.say(text)
        kept = json.dumps(here.focus, ensure_ascii=False)
        for name in ("Dana", "Wu", "Globex", "ACME", "Dubois"):
            assert name not in kept


def _messages() -> list[tuple[str, str, str]]:
    lines = MESSAGES.read_text(encoding="utf-8").splitlines()
    rows = [tuple(line.split("\t")) for line in lines if not line.startswith("#")]
    return [(row[0], row[1], row[2]) for row in rows]


def test_messages_that_are_no_examples_are_understood(talk: Talking) -> None:
    examples = {text for _, text, _ in intent_examples()}
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for intent, language, text in _messages():
        assert prepared(text) not in examples
        asked[language] += 1
        right[language] += talk("henrik.aalto").say(text).intent == intent
    assert set(asked) == {"en", "zh"}
    assert min(asked.values()) > 300
    for language in asked:
        assert right[language] / asked[language] >= 0.94, language


KINDS = {
    "m1": "person_status", "m2": "account_brief", "m4": "who_replaced", "m6": "accounts_at_risk",
    "m8": "last_contact", "m10": "last_contact", "m12": "commitments", "m14": "commitments",
    "m16": "mark_done", "m18": "who_knows", "m20": "single_threaded", "m22": "team_seats",
    "m24": "win_loss", "m26": "renewals", "m28": "concentration", "m30": "complaints",
    "m32": "whitespace", "m34": "promotion_candidates", "m35": "plan_draft", "m36": "plan_draft",
    "m38": "plan_gaps", "m40": "plan_changes", "m42": "methodology", "m44": "methodology",
    "m46": "methodology", "m47": "score_account", "m48": "rank_candidates", "m50": "time_mix",
    "m51": "log_note", "m52": "save_thread", "m54": "correction", "m56": "merge_contacts",
    "m58": "source", "m59": "digest_setup", "m60": "digest_pause", "m62": "margin",
    "m64": "portfolio",
}  # fmt: skip


@pytest.mark.skipif(not SHARED.exists(), reason=f"{SHARED} is not here: nothing was asked of it")
def test_the_shared_questions_are_understood(talk: Talking) -> None:
    wrong = []
    lines = SHARED.read_text(encoding="utf-8").splitlines()
    for line in lines:
        question = json.loads(line)
        request = talk("li.na").say(question["message"])
        assert request.language == question["language"]
        if request.intent != KINDS[question["id"].partition("-")[0]]:
            wrong.append((question["message"], request.intent))
    assert len(wrong) <= len(lines) * 0.05, wrong


def test_a_missing_person_is_asked_for_and_taken_from_the_answer(talk: Talking) -> None:
    here = talk("li.na")
    here.say("Give me ACME in five lines")
    request = here.say("How is our relationship with her?")
    assert request.missing == "person"
    assert "Dana Wu (Chief Technology Officer, ACME Corp)" in [c.label for c in request.choices]
    request = here.say("Tang Rui")
    assert (request.intent, here.contacts(request)) == ("person_status", ["Tang Rui"])


def test_more_of_the_same_is_the_question_before_it(talk: Talking) -> None:
    here = talk("li.na")
    here.say("Which accounts are red?")
    for text in ("why?", "详细点"):
        request = here.say(text)
        assert (request.intent, request.slots["more"]) == ("accounts_at_risk", "yes")


def test_another_period_or_number_is_put_into_the_question_before_it(talk: Talking) -> None:
    here = talk("li.na")
    here.say("When did we last talk to Dana Wu?")
    request = here.say("how many times this year?")
    assert (request.intent, request.slots["measure"]) == ("last_contact", "count")
    assert request.since is not None
    request = here.say("and last year?")
    assert request.until is not None
    assert (request.intent, request.until.year) == ("last_contact", 2025)
    assert here.contacts(request) == ["Dana Wu"]
    here.say("Renewals in 90 days, by risk")
    request = here.say("what about 180 days?")
    assert (request.intent, request.within_days, request.slots["sort"]) == ("renewals", 180, "risk")


def test_a_name_alone_is_answered_in_the_language_of_the_thread(talk: Talking) -> None:
    here = talk("grace.lin")
    here.say("ACME 怎么样?")
    assert here.say("Globex?").language == "zh"
    assert talk("grace.lin").say("Globex?").language == "en"
    assert talk("li.na").say("Globex?").language == "zh"


@pytest.mark.parametrize(
    ("who", "text", "account"),
    [
        ("li.na", "what could we still sell in Penang?", "ACME Corp"),
        ("tom.becker", "what is left to sell in Antwerp?", "Globex"),
        ("zhou.qiang", "沈阳工厂的空白机会有多大?", "澜石食品"),
        ("zhou.qiang", "what is the whitespace in Shenyang?", "澜石食品"),
    ],
)
def test_a_site_stands_for_its_account_in_questions_about_sites(
    talk: Talking, who: str, text: str, account: str
) -> None:
    here = talk(who)
    assert here.accounts(here.say(text)) == [account]


def test_a_site_of_an_account_that_is_not_for_the_reader_names_nothing(talk: Talking) -> None:
    here = talk("jonas.weber")
    request = here.say("what could we still sell in Jurong?")
    assert request.account_ids == ()
    assert "Initech" not in str(request)


def test_the_alias_of_a_group_is_the_group_and_not_its_daughter(talk: Talking) -> None:
    here = talk("li.na")
    assert here.accounts(here.say("华远毛利多少")) == ["华远重工"]
    assert here.accounts(here.say("华远智装呢")) == ["华远智能装备"]
    assert here.accounts(here.say("母公司呢")) == ["华远重工"]

"""What people say to each other in a thread, and what they ask: told apart without a mention."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import App
from bot.assistant.turn import Turn
from bot.settings import load_settings
from kam_knowledge.access import Audience

TALK = """
I'll send Dana the TCO sheet tomorrow.
Thanks Li, that helps.
Great work everybody!
lol
Agreed.
ok, see you at 3
Shall we grab lunch before the ACME call?
I talked to Dana yesterday, she is worried about the migration cost.
Can you take the Globex call on Friday? I'm on leave.
That's what I thought too.
Sounds good to me
The invoice went out this morning.
We should push back on the discount.
Who is joining the standup?
Is the projector in room 4 working?
My flight is delayed, start without me.
I think ACME will renew, but procurement is slow.
did you get my mail about the offsite?
Jonas, can you check that?
+1
Perfect, thank you Priya
Let me ask finance and come back to you.
Dana called, the steering meeting moves to Tuesday.
Why do we always get the last slot?
Do you have five minutes?
Can somebody share the deck?
haha true
I'm not sure about that number
Let's discuss in the weekly
when are you back in the office?
好的，谢谢
我明天把报价发给他们
收到
你们中午吃什么？
我刚跟Dana通完电话，她担心迁移成本
哈哈
这个数字不对吧
下午三点开会，别忘了
我觉得续约没问题
你能帮我顶一下周五的会吗？
辛苦了
谁有会议室的钥匙？
那我们下周再聊
我同意
价格再降我们就没利润了
你今天在公司吗？
Has anybody booked the room?
Who's bringing the cake on Friday?
What time is the call with Globex?
I'd rather not offer a discount now.
Did you see the mail from procurement?
How was your weekend?
Where are you?
Should we invite Frank as well?
What do you think, Priya?
We promised them the TCO model last week, didn't we.
Is it ok if I join later?
Can we talk about the forecast tomorrow?
ACME's CFO is really tough.
I'm going to renew my passport.
Let's not forget the complaint in Suzhou
Who has the latest version of the deck?
When will you be back?
Why did he say that?
any news?
What's the status?
你觉得怎么样？
明天谁去机场接他？
他们老是拖款，真烦
会议改到几点了？
这个合同我来跟
你那边进展如何？
要不要一起去？
我们上周答应他们了吧
"""
ASKED = """
What did we promise ACME?
What does ACME owe us?
Who is our contact at Globex?
When did anyone last talk to Dana Wu?
What's our status with ACME's CTO?
What did we promise them?
What is ACME's margin?
When is the renewal due?
Which renewals are due this quarter?
Who owns Globex?
Is there any open complaint at ACME?
What changed at ACME since Monday?
Prepare me for the meeting with ACME
Give me ACME in five lines
Where is the whitespace at ACME?
How is ACME doing?
Do we have overdue commitments?
Mark the TCO model for ACME as done
What did Dana say about the migration?
Who knows Dana Wu?
Show me the pipeline for Globex
What is the forecast for this quarter?
ACME 欠我们多少钱？
我们答应了ACME什么？
上次谁跟Dana聊过？
ACME 的 CTO 现在跟我们关系怎么样?
哪些合同快到期了？
ACME 最近有什么变化？
用五句话讲一下 ACME
有没有逾期的承诺？
谁负责 Globex？
who owns the Globex account
what's overdue at ACME?
any open complaints at Initech?
Which of our commitments to ACME are late?
How much does Globex owe us?
When is Globex's contract up for renewal?
Who reports to Frank Osterman?
what did the CTO of ACME say last time?
Show me the stakeholders at ACME
List the renewals for next quarter
When did we last speak with Frank Osterman?
what changed at Globex this week?
Who replaced Ulrich Stamm?
Which competitors are at ACME?
ACME的续约什么时候到期？
华远重工还欠多少款？
谁认识唐睿？
ACME有哪些投诉没关闭？
我们对Globex还有哪些承诺没兑现？
列出ACME的关键人
马俊最近说了什么？
华远重工的毛利是多少？
"""


@pytest.fixture(scope="module")
def app(sample_home: Path) -> Iterator[App]:
    opened = App(load_settings(home=sample_home, today="2026-11-21", embeddings="none"))
    yield opened
    opened.close()


def heard_as_questions(app: App, lines: str, thread: str | None = None) -> tuple[list[str], int]:
    """Those that are taken for said to us, and how many there are in all."""
    person = app.person("li.na@example.com")
    found, texts = [], lines.strip().splitlines()
    for text in texts:
        everybody = Audience.everyone()
        turn = Turn(text, app.viewer(person), everybody, app.clock(person), thread)
        heard = app.assistant.listen(turn)
        if heard.asks and not heard.to_somebody_else:
            found.append(text)
    return found, len(texts)


def test_people_are_hardly_ever_interrupted(app: App) -> None:
    found, all_of_them = heard_as_questions(app, TALK)
    assert len(found) <= 0.05 * all_of_them, found


def test_a_question_is_hardly_ever_missed(app: App) -> None:
    found, all_of_them = heard_as_questions(app, ASKED)
    missed = set(ASKED.strip().splitlines()) - set(found)
    assert len(missed) <= 0.05 * all_of_them, missed


@pytest.mark.parametrize(
    "text", ["Jonas, what did we promise ACME?", "Hi Jonas Weber: what did we promise ACME?"]
)
def test_who_is_called_first_is_asked(app: App, text: str) -> None:
    person = app.person("li.na@example.com")
    turn = Turn(text, app.viewer(person), Audience.everyone(), app.clock(person))
    assert app.assistant.listen(turn).to_somebody_else


def test_another_name_for_the_question_before_is_a_question_only_where_there_was_one(
    app: App,
) -> None:
    person = app.person("li.na@example.com")
    thread, everybody = "test:goes-on", Audience.everyone()
    assert heard_as_questions(app, "And Globex?", thread)[0] == []
    before = "What did we promise ACME?"
    app.assistant.answer(Turn(before, app.viewer(person), everybody, app.clock(person), thread))
    assert heard_as_questions(app, "And Globex?", thread)[0] == ["And Globex?"]
    assert heard_as_questions(app, "And on Friday?", thread)[0] == []

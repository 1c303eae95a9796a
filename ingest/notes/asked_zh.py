"""What Chinese says is owed, asked for, or done to what stands in front."""

from __future__ import annotations

import re

from ingest.notes.clauses import Clause, Subject
from ingest.notes.cues import cue
from ingest.notes.mentions import AHEAD, DATE, OURS
from ingest.notes.phrases_zh import DATED, NO_TOPIC, fronted, verbs

_LONGEST_TOPIC = 14
"""Characters."""


_OWES = re.compile(r"(?:还|仍|尚)?欠(?P<whom>我们?|他们?|她们?|对方|客户)?(?P<act>[^\s,。;]{2,})")


def topic_of(marked: str, begin: int, end: int) -> tuple[int, int] | None:
    """What something is done to where it stands in front: 报价我们周五前出."""
    found = fronted().match(marked, begin, end)
    if found is None or not 2 <= len(found["topic"].strip()) <= _LONGEST_TOPIC:
        return None
    return None if NO_TOPIC.search(found["topic"]) else found.span("topic")


def owed_in(marked: str, match: re.Match[str], end: int) -> Clause | None:
    """他欠我们一份授权: what somebody still has to give."""
    found = _OWES.search(marked, match.start(), end)
    if found is None or "款" in found["act"] or "费" in found["act"]:
        return None  # a debt is no task
    act = found.start("act")
    if match["named"]:
        return Clause(Subject.NAMED, match.start(), end, act, end, match.start("named"))
    subject = Subject.HE if match["he"] else Subject.THEY
    subject = Subject.WE if match["we"] or match["me"] else subject
    return Clause(subject, match.start(), end, act, end)


def asked_in(marked: str, match: re.Match[str], end: int) -> Clause | None:
    """他们要求我们周五前提交方案: what we are asked for in so many words."""
    found = re.compile(
        rf"(?:要求|让|请|叫|催|希望|要|需要|嘱咐|提醒)\s*(?:(?P<we>{cue('we')})|"
        rf"(?P<me>{cue('me')})|(?P<named>{OURS}))\s*(?P<d>{DATED}?)(?:{cue('will_zh')}\s*)"
        rf"*(?P<d2>{DATED}?)(?P<act>)"
    ).search(marked, match.start(), end)
    if found is None:
        return _required(marked, match, end)
    near = end if marked.startswith("把", found.end()) else min(end, found.end() + 6)
    verb = verbs().match(marked, found.end(), end) or verbs().search(marked, found.end(), near)
    if verb is None:
        return None
    act = found.end() if marked.startswith("把", found.end()) else verb.start()
    if found["named"]:
        return Clause(Subject.NAMED, match.start(), end, act, end, found.start("named"))
    subject = Subject.ME if found["me"] and not found["we"] else Subject.WE
    return Clause(subject, match.start(), end, act, end)


def _required(marked: str, match: re.Match[str], end: int) -> Clause | None:
    """要求30号前提供预案: asked for until a day, and of nobody else."""
    if match["me"] or match["we"] or (match["named"] and re.match(OURS, match["named"])):
        return None
    found = re.compile(
        rf"要求\s*(?:在|于)?{AHEAD}(?:之前|以前|前|之内|以内|内|底前)?\s*(?P<act>)"
    ).search(marked, match.start(), end)
    if found is None or verbs().match(marked, found.end()) is None:
        return None
    return Clause(Subject.WE, match.start(), end, found.end(), end)


TELLS_TALK = re.compile(
    "介绍|演示|汇报|讲解|分享|参加|沟通|讨论|陪|见|解释|拜访|来|去|走|谈|带|约|接待|主持|问|提|说|走访|现场"
)


def is_assigned(marked: str, match: re.Match[str], verb: int) -> bool:
    """谭骏定位问题: what one of ours does in the present is a task, unless it tells the talk."""
    if not match["named"] or re.match(OURS, match["named"]) is None:
        return False
    near = re.sub(DATE, "", marked[match.end("named") : verb])
    return len(near) <= 2 and TELLS_TALK.match(marked, verb) is None

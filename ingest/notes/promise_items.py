"""An item of a list of actions: "Priya: deck, Fri", "security review (Jan Kessler)", 陈波:报告。"""

from __future__ import annotations

import re
from functools import cache

from ingest.notes.clauses import Clause, Subject
from ingest.notes.cues import cue
from ingest.notes.mentions import DATE, HUMAN
from ingest.notes.reading import Sentence
from kam_knowledge.language.normalise import HAN


@cache
def _in_front() -> re.Pattern[str]:
    return re.compile(
        rf"[\s@\[(]*(?:{cue('labels', 'actions')}\s*(?:for|on|:|-)?\s*)?(?:"
        rf"(?P<named>{HUMAN})|(?P<me>{cue('me')})|(?P<we>{cue('we')})|(?P<they>{cue('they')})"
        rf")(?:\s*\([^)]*\))?[\])]*\s*(?::|[-=]>|→|--?\s|[–—]|,|\s(?=\S)|(?=[^\x00-\x7f])"
        rf")\s*"
    )


@cache
def _behind() -> re.Pattern[str]:
    return re.compile(
        rf"[\s]*(?:[(\[@]|--?\s|[–—>|,:]|\s/|owner:?|负责人?:?|由|(?<=[\u4e00-\u9fff])\s)\s*@?(?:owner:?\s*"
        rf"|负责人?:?\s*)?(?:(?P<named>{HUMAN})|(?P<me>{cue('me')})|(?P<we>{cue('we')})"
        rf"|(?P<they>{cue('they')}))\s*(?:[,/|;:–—-]|\s)*(?:{DATE})?[^\n]{{0,12}}$"
    )


_NOTHING = re.compile(rf"(?:\s*{HUMAN}\s*[:,–—-]*)?\s*(?:none|n/a|no|nothing|tbd|无|没有|暂无)\W*")
_TICKED = re.compile(
    r"\[x\]\s*$|[✔✓☑✅]|\((?:done|erledigt|completed)\)|[(（]?已(?:完成|办|发送?|做)[)）]?\s*$"
)


def is_ticked(marked: str, sentence: Sentence) -> bool:
    """Whether the item is marked as done."""
    line = marked.rfind("\n", 0, sentence.start) + 1
    box = marked[line : sentence.start]
    return _TICKED.search(box) is not None or (
        _TICKED.search(marked, sentence.start, sentence.end) is not None
    )


def item_in(marked: str, sentence: Sentence, *, named: bool = False) -> list[Clause]:
    """The item as a promise: with `named` only where an owner stands in front, and a colon."""
    start, end = sentence.start, sentence.end
    body = marked[start:end]
    if not re.search(r"[^\W\d_]", body) or _NOTHING.fullmatch(body) or is_ticked(marked, sentence):
        return []
    front = _in_front().match(marked, start, end)
    said = front is not None and marked[front.end() : end].strip()
    if front is not None and said and (not named or re.search(r"[:@→–—-]|=>", front.group())):
        return [_clause(front, start, end, front.end(), end)]
    if named:
        return []
    behind = _behind().search(marked, start, end)
    if behind is not None and behind.start() > start:
        return [_clause(behind, start, end, start, behind.start())]
    return [Clause(Subject.OPEN, start, end, start, end)]


def _clause(match: re.Match[str], start: int, end: int, act: int, act_end: int) -> Clause:
    if match["named"]:
        return Clause(Subject.NAMED, start, end, act, act_end, match.start("named"))
    subject = Subject.ME if match["me"] else Subject.WE if match["we"] else Subject.THEY
    return Clause(subject, start, end, act, act_end)


@cache
def quoting() -> re.Pattern[str]:
    """Somebody, a word of saying or a colon, and an opening mark."""
    return re.compile(
        rf"(?P<who>{HUMAN})[^\"“”「」\n]{{0,24}}?(?::|says?|said|说|表示|,)\s*:?\s*[\"“「][^\"“”」\n]*$"
    )


@cache
def owner_behind() -> re.Pattern[str]:
    """ "… by 1 December (Chen Bo)" at the end of an item."""
    return re.compile(
        rf"\(\s*(?:{HUMAN}|{cue('me')})\s*(?:,\s*(?:by\s+)?{DATE}[^)\n]{{0,4}})?\)\s*$"
        rf"|\s*(?:,|\s[-–—]|(?<=[{HAN}])\s)\s*(?:{HUMAN}|{cue('me')})\s*(?:[,/]?\s*(?:by\s+)?{DATE}\S{{0,2}})?\s*$"
    )

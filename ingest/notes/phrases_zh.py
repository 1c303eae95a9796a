"""How Chinese says that somebody promises something, as patterns over text with marked names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ingest.notes.cues import any_of, cue, words
from ingest.notes.mentions import ACCOUNT, AHEAD, DATE, HUMAN, OURS, sign
from ingest.notes.reading import Sentence
from kam_knowledge.language.normalise import HAN

RIVAL = sign("competitor", "product")


DATED = (
    rf"(?:(?:最迟|最晚|在|于|到|争取|大概)?{DATE}(?:之前|以前|前|之内|以内|内"
    rf"|底前|上午|下午|晚上)?[\s,]*|(?:今晚|晚上|晚点|下午|待会儿?|回头|稍后|一会儿?)(?=[^\s,。]))"
)


HAN_SIGN = re.compile(f"[{HAN}]")


JOINTS = re.compile(
    rf"[,:]|(?<=[{HAN}])\s+(?=[{HAN}])|、(?=由|请|让|我|他|对方)|但是?(?=[{HAN}])"
    rf"|(?<!^)(?:然后|接着|而且|所以|另外|还有|最后)(?=[{HAN}\ue001-\ue009])"
    r"|并(?=且|在|于|给|把|安排|准备|提供|发|约)|和(?=我|他们)(?=\S{0,6}(?:负责|来|会))"
)


RUN_ON = re.compile(
    rf"(?<=[{HAN}\ue000])(?<![让请给跟和与同叫催由把被对向要等陪见找约问帮替为将派下])"
    rf"(?=(?:{HUMAN}|我们|我|他们|对方)(?:这边|那边)?(?:说|表示|答应|承诺|同意|会(?!议)|负责"
    r"|去(?:协调|联系|办|谈|沟通|问|落实|推动?|申请|找|说|确认|催|准备|安排)"
    rf"|(?:最[晚迟]|争取)?{DATE}))"
)
"""Where somebody else is spoken of in a text without marks, as it is dictated."""


_LONG = 8
"""Characters from which a stretch without marks is looked through for where it goes on."""


@cache
def verbs() -> re.Pattern[str]:
    """In mixed text English verbs stand there too: 我 reserve 一下."""
    return re.compile(any_of(words("act")))


@cache
def idle_verbs() -> re.Pattern[str]:
    return re.compile(any_of(one for one in words("happens") if HAN_SIGN.search(one)))


@cache
def clause_shape() -> re.Pattern[str]:
    """What comes before the verb: joining words, a date, who, what obliges, a date again."""
    will = cue("will_zh")
    who = (
        rf"(?:(?P<rival>{RIVAL})|(?P<ourothers>{cue('our_others')})|(?P<named>{HUMAN})"
        rf"|(?P<account>{ACCOUNT}(?:那边|的?\w{{2,3}}部)?)"
        rf"|(?P<we>{cue('we')})|(?P<me>{cue('me')})|(?P<they>{cue('they')})|(?P<he>{cue('he')}))"
    )
    return re.compile(
        rf"[\s:]*(?P<join>(?:{cue('joining')}[\s:]*)*)(?P<d1>{DATED}?)(?:"
        rf"(?P<lead>{cue('promised_zh')}|由|让|请|麻烦|要求|需要|已让|催)\s*)?(?:{cue('we')}\s*[:,]?\s*(?={OURS}))?(?:{who}"
        rf"(?:\([^)]*\))?(?:那边|这边|本人|自己|团队|的团队)?\s*)?"
        rf"(?P<d2>{DATED}?)(?P<after>[^\s,]{{1,6}}后|[^\s,]{{1,4}}完\s*)?(?P<d4>{DATED}?)(?P<will>"
        rf"(?:{will}\s*)*)(?P<obj>(?:(?:给|向|跟|和|与|把|帮|为|对|同|找)(?:我们|他们"
        rf"|对方|客户|我|他|她|{HUMAN}|{ACCOUNT})|(?:给(?=我))?(?:我们|他们|对方|客户"
        rf"|我|他|她|{HUMAN}|{ACCOUNT}))?)(?P<d3>{DATED}?)(?P<more>(?:{will}\s*)"
        rf"*)(?P<act>)"
    )


@cache
def fronted() -> re.Pattern[str]:
    """报价我们周五前出, 合同他本周签回来: what it is done to, and whoever does it right behind."""
    will = cue("will_zh")
    who = rf"(?:{HUMAN}|我们这边|我们|我这边|我|他们|对方|{cue('they')}|他|她)"
    return re.compile(
        rf"[\s:]*(?P<topic>(?:[^\W\ue000-\ue00a]|[\s+-])+?)(?={who}\s*(?:(?:这边|那边)?(?:回去|这就)?"
        rf"(?:{DATED}|{will})|{any_of(words('act'))}))"
    )


NO_TOPIC = re.compile(
    r"[说讲问称了过着吗呢由把被催派]|[让给请跟和与叫对向要等陪见找约帮替为将是在有想就也都还但从到比按]$"
    r"|(?<!合)同$|如果|要是|因为|表示|觉得|认为|希望|提到|建议|承诺|确认|反馈|询问|提出|负责"
)
"""What no topic holds: a verb of telling, somebody's name in front of another's."""


def is_a_day(marked: str, begin: int, end: int) -> bool:
    """Whether the piece is a day to come and nothing else."""
    stretch = marked[begin:end]
    rest = re.sub(rf"{DATE}|[之以]?[前内]|到|\W|最[晚迟]", "", stretch)
    return not rest and re.search(AHEAD, stretch) is not None


def pieces_of(marked: str, sentence: Sentence) -> Iterator[tuple[int, int]]:
    begin = sentence.start
    for stop in JOINTS.finditer(marked, sentence.start, sentence.end):
        if marked[begin : stop.start()].strip():
            yield from _run_on(marked, begin, stop.start())
        begin = stop.end()
    if marked[begin : sentence.end].strip():
        yield from _run_on(marked, begin, sentence.end)


def _run_on(marked: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    if end - begin >= _LONG:
        for stop in RUN_ON.finditer(marked, begin + 2, end):
            yield begin, stop.start()
            begin = stop.start()
    yield begin, end

"""How notes say who was met, as patterns over text with marked names."""

from __future__ import annotations

import re
from functools import cache

from ingest.notes.cues import cue
from ingest.notes.mentions import ACCOUNT, DATE, HUMAN


@cache
def anybody_beside() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![a-z])(?:with|w/?)\s+(?={HUMAN})"
        rf"|(?:^|(?<=[,.;:。!?\n\s])|(?<=[天午才周早晚]))(?:跟|和|与|同)(?={HUMAN})"
    )


APART = re.compile(
    r"(?<![a-z])(?:happy|unhappy|fine|ok|okay|problems?|issues?|check(?:ed|s)?|shared?|works?|working"
    r"|signed|contract|deal|trouble|disappointed|pleased|compared|comply|begin|start|help(?:s|ed)?)\s*$"
)
"""What stands before a "with" that nobody was met by."""


@cache
def any_human() -> re.Pattern[str]:
    return re.compile(HUMAN)


AND = (
    r"(?:\s*\([^)\n]{0,60}\))?\s*(?:,\s*(?:and\s+)?|、|/|&|\+|和|跟|与|及|以及"
    r"|还有|同|;|\band\b|\bplus\b|\bwith\b|\bas well as\b)\s*"
)


@cache
def header_line() -> re.Pattern[str]:
    """A line of names, a day, a kind and nothing else: "acme / tang rui / call / 19 nov"."""
    kinds = "|".join(cue("talk_kind", kind) for kind in ("meeting", "call", "email", "chat"))
    return re.compile(
        rf"(?=[^\n]*(?:{DATE}|{kinds}))(?:[a-z]{{3,12}},?\s+){{0,2}}?(?:{HUMAN}|{ACCOUNT}|{DATE}|{kinds}|notes?|minutes|纪要|记录"
        r"|\b(?:hq|head\s?office|office|site|plant|room|lobby|canteen|online|remote|in\s+person|teams|zoom)\b"
        r"|\+\s*\d+(?:\s+from\s+[a-z]+)?|(?<=[,/|] )[a-z]{3,14}(?=\s*[,/|])"
        r"|总部|现场|线上|线下|会议室|办公室"
        rf"|\bw/|\bwith\b|\band\b|\bat\b|\bin\b|\bon\b|\bfrom\b|[\s/|,·:&+()–—#*_【】\[\]-]|和|与|及|、)+"
    )


@cache
def between_dashes() -> re.Pattern[str]:
    """Names between dashes or strokes: "18 Nov - Linz - Kovac, Stamm + 2 from ops"."""
    return re.compile(rf"\s[-–—|/]\s+({HUMAN}(?:{AND}{HUMAN})*)(?=\s*(?:\+|\s[-–—|/]\s|$|[.\n]))")


@cache
def word_from() -> re.Pattern[str]:
    """ "Rumour from Tang Rui: …", "Reply from Anja re the tender - …"."""
    return re.compile(
        rf"\s*(?:[a-z-]+\s+){{1,3}}from\s+({HUMAN}(?:{AND}{HUMAN})*)(?:\s*\([^)\n]*\))?"
        rf"(?:\s*{DATE})?(?:\s+(?:re|about|on|regarding|concerning)\s[^:,\n]{{1,40}})?"
        r"\s*(?::|,|--?\s|[–—])"
    )


@cache
def seen() -> re.Pattern[str]:
    """见郑总, where no 了 says that it is over."""
    return re.compile(rf"(?<![再约会看意听想])见(?={HUMAN})")


@cache
def when_with() -> re.Pattern[str]:
    """ "The restore drill this morning with Samira": a day, then who was there."""
    parts = r"(?:this\s+(?:morning|afternoon|evening)|tonight|today|earlier|just\s+now)"
    return re.compile(rf"(?:{DATE}|{parts})\s+(?:together\s+)?with\s+(?={HUMAN})")


@cache
def held_there() -> re.Pattern[str]:
    """ "Had Helen Brandt on the line", "had Dana over for lunch"."""
    return re.compile(
        rf"\b(?:had|got|have)\s+({HUMAN}(?:{AND}{HUMAN})*)\s+(?:on\s+the\s+(?:line"
        rf"|phone|call)|over|in|here|for\s+(?:lunch|coffee|dinner|breakfast))(?![a-z])"
    )


@cache
def chat_line() -> re.Pattern[str]:
    """A line of a chat: a name with a time behind it, or the time in front."""
    return re.compile(rf"\s*({HUMAN})\s*[(\[]?\s*(?:{DATE})?[\s,]*\d{{1,2}}:\d{{2}}(?::\d{{2}})?")


@cache
def quoted_line() -> re.Pattern[str]:
    """「李薇：…」: WeChat quotes so what is answered."""
    return re.compile(rf"\s*「\s*({HUMAN})\s*:")


@cache
def named_before() -> re.Pattern[str]:
    several = (
        rf"(?:{HUMAN}(?:{AND}(?:(?:\w+\s)?{ACCOUNT}(?:'s|的)?\s*)?(?:{HUMAN}|我|\bi\b|\bme\b))*)"
    )
    return re.compile(
        rf"({several})(?:\s*\([^)\n]{{0,60}}\))?\s*(?:(?:also|just|both|all|then|had"
        rf"|has|{DATE}|from\s+{ACCOUNT}|of\s+{ACCOUNT}|在?[\u4e00-\u9fff]{{2,4}}[上里](?=[跟和对给])|今天|上午|下午|中午|早上|晚上|刚|刚才|刚刚|都|又)\s*)"
        rf"*({cue('met_before')})"
    )


@cache
def together_with() -> re.Pattern[str]:
    between = rf"(?:{ACCOUNT}|{DATE}|{HUMAN}|[^\s,.;:。!?\n]{{1,2}}|\s){{0,10}}?"
    return re.compile(
        rf"{cue('together_before')}{between}{HUMAN}(?:\s|{HUMAN}|{ACCOUNT}|{DATE}"
        rf"|[、,&+/和跟与及以及的在又刚\w]){{0,14}}?{cue('together_after')}"
    )


@cache
def opening_line() -> re.Pattern[str]:
    """ "Dana Wu, Tang Rui (ACME): …": names alone in front of a colon, or "Dana call:"."""
    return re.compile(
        rf"\s*(?:(?:{ACCOUNT}|{DATE}|上午|下午|中午|早上|晚上|然后|接着)[\s,:/|(-]*)"
        rf"+{HUMAN}(?:{AND}{HUMAN})*\)?(?:\s*\([^)\n]{{0,60}}\))?[\s,]*(?:{DATE})?\s*"
        rf"(?:{cue('talk_kind', 'meeting')}|{cue('talk_kind', 'call')}|{cue('talk_kind', 'chat')})"
        rf"?[\s,]*(?:{DATE})?\s*(?::|--?\s|[–—]|,(?=[^\x00-\x7f]))"
    )

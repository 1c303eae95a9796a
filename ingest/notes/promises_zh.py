"""Promises in Chinese sentences, over text in which names are marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from ingest.notes.clauses import Clause, Subject
from ingest.notes.cues import any_of, cue, pattern, words
from ingest.notes.mentions import ACCOUNT, AHEAD, DATE, HUMAN, OURS, THEIRS, sign
from ingest.notes.reading import Sentence
from kam_knowledge.language.normalise import HAN

_RIVAL = sign("competitor", "product")
_DATED = (
    rf"(?:(?:最迟|最晚|在|于|到|争取|大概)?{DATE}(?:之前|以前|前|之内|以内|内"
    rf"|底前|上午|下午|晚上)?[\s,]*)"
)
_HAN = re.compile(f"[{HAN}]")
_JOINTS = re.compile(
    rf"[,:]|(?<=[{HAN}])\s+(?=[{HAN}])|、(?=由|请|让|我|他|对方)|但是?(?=[{HAN}])"
    r"|并(?=且|在|于|给|把|安排|准备|提供|发|约)|和(?=我|他们)(?=\S{0,6}(?:负责|来|会))"
)


@cache
def _verb() -> re.Pattern[str]:
    return re.compile(any_of(one for one in words("act") if _HAN.search(one)))


@cache
def _happens() -> re.Pattern[str]:
    return re.compile(any_of(one for one in words("happens") if _HAN.search(one)))


@cache
def _shape() -> re.Pattern[str]:
    """What comes before the verb: joining words, a date, who, what obliges, a date again."""
    will = cue("will_zh")
    who = (
        rf"(?:(?P<rival>{_RIVAL})|(?P<ourothers>{cue('our_others')})|(?P<named>{HUMAN})"
        rf"|(?P<account>{ACCOUNT}(?:那边|的?\w{{2,3}}部)?)"
        rf"|(?P<we>{cue('we')})|(?P<me>{cue('me')})|(?P<they>{cue('they')})|(?P<he>{cue('he')}))"
    )
    return re.compile(
        rf"[\s:]*(?P<join>(?:{cue('joining')}[\s:]*)*)(?P<d1>{_DATED}?)(?:"
        rf"(?P<lead>{cue('promised_zh')}|由|让|请|麻烦|要求|需要|已让|催)\s*)?(?:{who}"
        rf"(?:\([^)]*\))?(?:那边|这边|本人|自己|团队|的团队)?\s*)?"
        rf"(?P<d2>{_DATED}?)(?P<after>[^\s,]{{1,6}}后)?(?P<d4>{_DATED}?)(?P<will>"
        rf"(?:{will}\s*)*)(?P<obj>(?:(?:给|向|跟|和|与|把|帮|为|对|同|找)(?:我们|他们"
        rf"|对方|客户|我|他|她|{HUMAN}|{ACCOUNT})|(?:给(?=我))?(?:我们|他们|对方|客户"
        rf"|我|他|她|{HUMAN}|{ACCOUNT}))?)(?P<d3>{_DATED}?)(?P<more>(?:{will}\s*)"
        rf"*)(?P<act>)"
    )


def clauses(marked: str, sentence: Sentence) -> Iterator[Clause]:
    """The promises of one sentence, clause by clause; who is not named is who was before."""
    last: re.Match[str] | None = None
    labelled = sentence.label.startswith("actions")
    kept: Clause | None = None
    before: tuple[int, int] | None = None
    depends = False
    for begin, end in _pieces(marked, sentence):
        if not _HAN.search(marked[begin:end]) and not re.search(DATE, marked[begin:end]):
            continue
        match = _shape().match(marked, begin, end)
        if match is None:
            continue
        found = _promise(marked, match, end, last, labelled)
        depends = depends or _DEPENDS.search(marked, begin, end) is not None
        found = None if depends else found
        last = match if _has_subject(match) else last
        if kept is not None and _only_dates(marked, begin, end, kept, found):
            kept = replace(kept, end=end, due=kept.due or (begin, end))
        elif found is not None:
            if kept is not None:
                yield kept
            kept = replace(found, object=_object(marked, found, before))
        before = (begin, end)
    if kept is not None:
        yield kept


def _object(marked: str, found: Clause, before: tuple[int, int] | None) -> tuple[int, int] | None:
    """What is sent where the clause says only "sends it tomorrow": the clause before names it."""
    bare = re.sub(rf"{DATE}|\W|[了吧]", "", marked[found.act : found.act_end])
    if before is None or len(bare) > 2:
        return None
    asked = re.compile(r"(?:要求|催要|催|需要|要|等着?|缺|想看)(?!\W)").search(marked, *before)
    return (asked.end(), before[1]) if asked else None


_OURS = {Subject.ME, Subject.WE, Subject.NOBODY}


def _only_dates(marked: str, begin: int, end: int, kept: Clause, found: Clause | None) -> bool:
    """Whether the piece only says until when what was promised before it is done."""
    same = (
        found is None or found.subject is Subject.NOBODY or {found.subject, kept.subject} <= _OURS
    )
    if not re.search(AHEAD, marked[begin:end]) or not same:
        return False
    bare = re.sub(rf"{DATE}|[之以]?[前内]|\W", "", marked[begin:end])
    return len(bare) <= 3


def _pieces(marked: str, sentence: Sentence) -> Iterator[tuple[int, int]]:
    begin = sentence.start
    for stop in _JOINTS.finditer(marked, sentence.start, sentence.end):
        if marked[begin : stop.start()].strip():
            yield begin, stop.start()
        begin = stop.end()
    if marked[begin : sentence.end].strip():
        yield begin, sentence.end


def _has_subject(match: re.Match[str]) -> bool:
    return any(
        match[name] for name in ("rival", "ourothers", "named", "account", "we", "me", "they", "he")
    )


def _promise(
    marked: str,
    match: re.Match[str],
    end: int,
    last: re.Match[str] | None,
    labelled: bool,
) -> Clause | None:
    body = marked[match.start() : end]
    dated = re.search(AHEAD, body) is not None
    said = f"{match['lead'] or ''}{match['will']}{match['more']}"
    promised = pattern("promised_zh").search(said) is not None
    if "同意" in said and not (dated or re.search("我", body)):
        return None  # agreed with, not promised
    verb = _verb_from(marked, match, end)
    if verb is None and promised and end - match.end() > 1:
        verb = match.end()
    if match["rival"]:
        return None
    if (asked := _asked(marked, match, end)) is not None:
        unsure = _is_unsure(marked, match, asked.act, promised=False)
        return None if unsure or _is_done(marked, asked.act, end) else asked
    if verb is None:
        return None
    if _is_unsure(marked, match, verb, promised=promised):
        return None
    willing = promised or _is_willing(match) or match["lead"] in _ARRANGED
    willing = willing or (bool(match["me"]) and _FIRM.match(marked, verb) is not None)
    if not (willing or dated or labelled):
        return None
    if not promised and _is_done(marked, verb, end):
        return None
    owner = _owner(match, last, promised=promised)
    if owner is None:
        return None
    subject, owner_at = owner
    theirs = subject in (Subject.THEY, Subject.HE) or (
        subject is Subject.NAMED and re.match(rf"{THEIRS}|{ACCOUNT}", marked[owner_at:])
    )
    if theirs and not promised:
        does = _verb().match(marked, verb, end)
        happens = does is not None and _happens().fullmatch(does.group()) is not None
        if not labelled and happens and not match["obj"]:
            return None
        if re.search(r"要求|希望|建议|催|想|问|请", marked[match.start() : verb]):
            return None  # that is wanted of somebody
        if re.match(r"拿到|收到|看到|见到|要求|求|知道|了解|考虑|决定|等|有", marked[verb:]):
            return None
        wants = match["will"].strip() in ("要", "需要", "说要", "想") and not match["obj"]
        if wants and not re.search(r"给我|发我|给我们", body):
            return None
    act = _act_start(marked, match, verb)
    return Clause(subject, match.start(), end, act, end, owner_at)


_FIRM = re.compile(
    r"(?:发给|发送|跟进|准备|整理|提交|联系|转给|转发|安排|回复|协调|补发|落实|起草)(?![了过])"
)
_DEPENDS = re.compile("如果|要是|假如|倘若|万一|一旦")
_ARRANGED = ("由", "让", "请", "麻烦", "已让")


def _is_done(marked: str, verb: int, end: int) -> bool:
    """Whether the clause tells of what was done: 发了, 处理了, 转给陈波了."""
    body = marked[verb:end].rstrip(" ,。!")
    return re.search(r"[了过](?:$|[^\w]|一)", body[:4]) is not None or body.endswith("了")


def _is_willing(match: re.Match[str]) -> bool:
    """Whether a word of will stands there that says enough: 会, 负责; of our own 来, 先, too."""
    said = f"{match['will']}{match['more']}"
    strong = re.sub(cue("weak_will_zh"), "", said).strip()
    own = bool(match["me"] or match["we"] or (match["named"] and re.match(OURS, match["named"])))
    goes = bool(match["he"] or match["named"]) and said.strip() == "去"
    return bool(strong) or goes or (own and bool(said.strip() or match["after"]))


def _verb_from(marked: str, match: re.Match[str], end: int) -> int | None:
    """Where the verb stands: at the end of what precedes it, or shortly after."""
    place = match.end()
    if (turned := marked.find("把", match.start(), end)) >= 0:
        inside = list(_verb().finditer(marked, turned + 1, end))  # its verb comes last
        return inside[-1].start() if inside else None
    found = _verb().match(marked, place, end)
    if found:
        return found.start()
    # The last word of obligation may be the verb: 安排, 负责, 来, 去.
    said = match["more"] or ""
    if said.strip() and (inner := _verb().search(marked, match.start("more"), end)):
        return inner.start()
    if match["will"].strip() and (
        inner := _verb().search(marked, match.start("will"), min(end, place + 10))
    ):
        return inner.start()
    found = _verb().search(marked, place, min(end, place + 14))
    return found.start() if found else None


def _act_start(marked: str, match: re.Match[str], verb: int) -> int:
    """What is to be done begins with whom it is done for: 给他们发报价, 把文件发我."""
    if (turned := marked.find("把", match.start(), verb)) >= 0:
        return turned
    towards = match["obj"] or ""
    if towards and towards[0] not in "帮我" and match.start("obj") < verb and not match["d3"]:
        return match.start("obj")
    if not _has_subject(match) and verb > match.end() and "把" not in marked[match.start() : verb]:
        return match.end()  # what is done it to stands in front
    return (
        verb
        if not match["more"].strip() or verb < match.start("more")
        else max(verb, match.start("more"))
    )


def _is_unsure(marked: str, match: re.Match[str], verb: int, *, promised: bool) -> bool:
    before = marked[match.start() : verb + 1]
    if promised:
        return (
            re.search(r"没有?(?:答应|承诺|同意)|不(?:答应|承诺|同意)|如果|要是", before) is not None
        )
    return re.search(rf"{cue('unsure')}", re.sub(r"想办法|不日|未来", "", before)) is not None


def _asked(marked: str, match: re.Match[str], end: int) -> Clause | None:
    """他们要求我们周五前提交方案: what we are asked for in so many words."""
    found = re.compile(
        rf"(?:要求|让|请|叫|催|希望|要|需要|嘱咐|提醒)\s*(?:(?P<we>{cue('we')})|"
        rf"(?P<me>{cue('me')})|(?P<named>{OURS}))\s*(?P<d>{_DATED}?)(?:{cue('will_zh')}\s*)"
        rf"*(?P<d2>{_DATED}?)(?P<act>)"
    ).search(marked, match.start(), end)
    if found is None:
        return None
    verb = _verb().match(marked, found.end(), end) or _verb().search(
        marked, found.end(), min(end, found.end() + 6)
    )
    if verb is None:
        return None
    if found["named"]:
        return Clause(Subject.NAMED, match.start(), end, verb.start(), end, found.start("named"))
    subject = Subject.ME if found["me"] and not found["we"] else Subject.WE
    return Clause(subject, match.start(), end, verb.start(), end)


def _owner(
    match: re.Match[str],
    last: re.Match[str] | None,
    *,
    promised: bool,
) -> tuple[Subject, int] | None:
    if match["named"]:
        return Subject.NAMED, match.start("named")
    if match["account"]:
        return Subject.NAMED, match.start("account")
    if match["ourothers"]:
        return Subject.OUR_OTHERS, -1
    if match["we"]:
        return Subject.WE, -1
    if match["me"]:
        return Subject.ME, -1
    if match["they"]:
        return Subject.THEY, -1
    if match["he"]:
        return Subject.HE, -1
    towards = match["obj"] or ""
    if re.search(r"我", towards):
        return (
            (Subject.NAMED, last.start("named"))
            if last is not None and last["named"]
            else (Subject.THEY, -1)
        )
    if re.search(r"他|她|对方|客户", towards):
        return Subject.NOBODY, -1
    foretold = re.search(r"会|将", match["will"]) is not None
    if (promised or foretold) and last is not None and not (last["we"] or last["me"]):
        if last["named"]:
            return Subject.NAMED, last.start("named")
        if last["they"] or last["account"]:
            return Subject.THEY, -1
        if last["he"]:
            return Subject.HE, -1
    return Subject.NOBODY, -1

"""Promises in Chinese sentences, over text in which names are marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.notes.asked_zh import TELLS_TALK, asked_in, is_assigned, owed_in, topic_of
from ingest.notes.clauses import Clause, Subject
from ingest.notes.cues import cue, pattern
from ingest.notes.mentions import ACCOUNT, AHEAD, DATE, HUMAN, OURS, THEIRS, TODAY
from ingest.notes.phrases_zh import (
    DATED,
    HAN_SIGN,
    clause_shape,
    idle_verbs,
    is_a_day,
    pieces_of,
    verbs,
)
from ingest.notes.reading import Sentence
from kam_knowledge.language.normalise import HAN

_TOPIC = 10


def clauses(marked: str, sentence: Sentence) -> Iterator[Clause]:
    """The promises of one sentence, clause by clause; who is not named is who was before."""
    last: re.Match[str] | None = None
    labelled = sentence.label.startswith("actions")
    kept: Clause | None = None
    before: tuple[int, int] | None = None
    depends = False
    pieces = list(pieces_of(marked, sentence))
    for number, (begin, end) in enumerate(pieces):
        plain = re.sub(rf"{HUMAN}|{ACCOUNT}", "", marked[begin:end])
        if not HAN_SIGN.search(plain) and re.search("[a-z]{3}", plain):
            continue  # an English one among them
        topic = topic_of(marked, begin, end)
        match = clause_shape().match(marked, topic[1] if topic else begin, end)
        if match is None:
            continue
        following = pieces[number + 1] if number + 1 < len(pieces) else (end, end)
        dated = is_a_day(marked, *following) and not re.search("[了过]", marked[begin:end])
        mine = match["me"] or match["we"] or re.match(OURS, match["named"] or "")
        dated = dated or bool(topic and mine)  # 日志我导出来给他看
        found = _promise(marked, match, end, last, labelled, dated=dated)
        depends = depends or _DEPENDS.search(marked, begin, end) is not None
        found = None if depends else found
        last = match if _has_subject(match) else last
        if kept is not None and _only_dates(marked, begin, end, kept, found):
            own = bool(match["me"] or match["we"])  # what we said then goes before what was asked
            due = (begin, end) if own else kept.due or (begin, end)
            kept = replace(kept, end=end, due=due, due_first=own)
        elif found is not None:
            if kept is not None:
                yield kept
            kept = replace(found, object=topic or _object(marked, found, before))
        before = (begin, end)
    if kept is not None:
        yield kept


def _object(marked: str, found: Clause, before: tuple[int, int] | None) -> tuple[int, int] | None:
    """What is sent where the clause says only "sends it tomorrow": the clause before names it."""
    bare = re.sub(rf"{DATE}|\W|[了吧]", "", marked[found.act : found.act_end])
    if before is None or len(bare) > 3:
        return None
    beside = before[1] == found.start and before[1] - before[0] <= _TOPIC
    if beside and not re.search("[说了过吗]|表示", marked[slice(*before)]):
        return before  # 接口文档他下周二给
    if len(bare) > 2:
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
    *,
    dated: bool,
) -> Clause | None:
    body = marked[match.start() : end]
    dated = dated or re.search(AHEAD, body) is not None
    own = bool(match["me"] or match["we"])
    dated = dated or (own and _AT_ONCE.search(body) is not None)
    said = f"{match['lead'] or ''}{match['will']}{match['more']}"
    promised = pattern("promised_zh").search(said) is not None
    if "同意" in said and not (dated or labelled or re.search("我", body)):
        return None  # agreed with, not promised
    if (passed := _passed_on(marked, match, end)) is not None:
        return passed
    verb = _verb_from(marked, match, end)
    if (
        verb is None
        and (match["obj"] or "").startswith("给")
        and match["obj"][1:] != ""
        and (end - match.end() > 1 or (match["d2"] and _has_subject(match)))
    ):
        verb = match.start("obj")  # 给他书面说明
    if verb is None and promised and end - match.end() > 1:
        verb = match.end()
    if match["rival"] or re.search(
        "竞品|竞争对手|友商|别家|同行|其他家", marked[match.start() : verb or end]
    ):
        return None
    if (owed := owed_in(marked, match, end)) is not None:
        return owed
    if (asked := asked_in(marked, match, end)) is not None:
        unsure = _is_unsure(marked, match, asked.act, promised=False)
        return None if unsure or _is_done(marked, asked.act, end) else asked
    if verb is None:
        return None
    theirs_say = (
        match["he"] or match["they"] or (match["named"] and re.match(THEIRS, match["named"]))
    )
    if theirs_say and (wanted := _WANTED.search(marked, match.start(), end)):
        # 她说月底前必须给她报价: what they must have is ours to give.
        return Clause(Subject.WE, match.start(), end, wanted.start("act"), end)
    if _is_unsure(marked, match, verb, promised=promised):
        return None
    willing = promised or _is_willing(match) or match["lead"] in _ARRANGED
    willing = willing or (bool(match["me"]) and _FIRM.match(marked, verb) is not None)
    willing = willing or is_assigned(marked, match, verb)
    ours = own or re.match(OURS, match["named"] or "")
    towards = re.search(r"(?:[发给寄交转传]|回复|反馈)给?我", marked[verb:end])
    willing = willing or bool(not ours and _has_subject(match) and towards)
    takes = own and "把" in marked[match.end() : verb] and TELLS_TALK.match(marked, verb) is None
    willing = willing or takes  # 我这边把资料备好
    if not (willing or dated or labelled):
        return None
    alone = not _has_subject(match) and not promised and not labelled
    if "各自" in body or (
        alone and re.search("能(?![源力够耗否])", marked[match.start() : verb + 8])
    ):
        return None  # 测试环境周三能好 tells what is to be, not who does it
    if not promised and _is_done(marked, verb, end):
        return None
    owner = _owner(match, last, end, promised=promised)
    if owner is None:
        return None
    subject, owner_at = owner
    theirs = subject in (Subject.THEY, Subject.HE) or (
        subject is Subject.NAMED and re.match(rf"{THEIRS}|{ACCOUNT}", marked[owner_at:])
    )
    if theirs and not promised:
        does = verbs().match(marked, verb, end)
        idle = idle_verbs().match(marked, verb, end) if does is not None else None
        happens = idle is not None and does is not None and idle.end() >= does.end()
        if not labelled and happens and not match["obj"] and "负责" not in said:
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


_WANTED = re.compile(
    rf"(?:必须|务必|一定要|(?<!不)得|(?<!不)要)\s*{DATED}?(?P<act>(?:给|发给?|交给?|回复)(?:他|她|对方))"
)
_AT_ONCE = re.compile(rf"{TODAY}|马上|这就|待会|等会|等下|稍后|回头|下午|晚上")
"""Of our own: a promise without a day, unless it says that it is done."""
_FIRM = re.compile(
    r"(?:发给|发送|跟进|准备|整理|提交|联系|转给|转发|安排|回复|协调|补发|落实|起草)(?![了过])"
)
_DEPENDS = re.compile("如果|要是|假如|倘若|万一|一旦")
_ARRANGED = ("由", "让", "请", "麻烦", "已让")


def _is_done(marked: str, verb: int, end: int) -> bool:
    """Whether the clause tells of what was done: 发了, 处理了, 转给陈波了."""
    body = marked[verb:end].rstrip(" ,。!")
    if re.match(r"[a-z-]+\s*[了过]|[给发寄送]的$", body):
        return True
    return re.search(r"[了过](?:$|[^\w]|一)", body[:4]) is not None or body.endswith("了")


def _is_willing(match: re.Match[str]) -> bool:
    """Whether a word of will stands there that says enough: 会, 负责; of our own 来, 先, too."""
    said = f"{match['will']}{match['more']}"
    strong = re.sub(cue("weak_will_zh"), "", said).strip()
    own = bool(match["me"] or match["we"] or (match["named"] and re.match(OURS, match["named"])))
    goes = bool(match["he"] or match["named"]) and said.strip() in ("去", "回去", "回去就", "回头")
    return bool(strong) or goes or (own and bool(said.strip() or match["after"]))


def _verb_from(marked: str, match: re.Match[str], end: int) -> int | None:
    """Where the verb stands: at the end of what precedes it, or shortly after."""
    place = match.end()
    if (turned := marked.find("把", match.start(), end)) >= 0:
        inside = list(verbs().finditer(marked, turned + 1, end))  # its verb comes last
        return inside[-1].start() if inside else None
    found = verbs().match(marked, place, end)
    if found:
        return found.start()
    # The last word of obligation may be the verb: 安排, 负责, 来, 去.
    said = match["more"] or ""
    if said.strip() and (inner := verbs().search(marked, match.start("more"), end)):
        return inner.start()
    if match["will"].strip() and (
        inner := verbs().search(marked, match.start("will"), min(end, place + 10))
    ):
        return inner.start()
    found = verbs().search(marked, place, min(end, place + 14))
    return found.start() if found else None


def _act_start(marked: str, match: re.Match[str], verb: int) -> int:
    """What is to be done begins with whom it is done for: 给他们发报价, 把文件发我."""
    if (turned := marked.find("把", match.start(), verb)) >= 0:
        return turned
    for name in ("more", "will"):
        if (match[name] or "").strip().endswith("安排") and verb > match.start(name):
            return match.start(name) + match[name].rindex("安排")
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


def _passed_on(marked: str, match: re.Match[str], end: int) -> Clause | None:
    """他会让徐峰配合: whom one of theirs will have do it."""
    if match["me"] or match["we"] or (match["named"] and re.match(OURS, match["named"])):
        return None
    found = re.compile(
        rf"(?:会|将|已经?|回去)\s*(?:让|请|叫|安排|派)\s*(?P<other>{THEIRS})\s*{DATED}?"
    ).search(marked, match.start(), end)
    if found is None or not marked[found.end() : end].strip():
        return None
    unsure = _is_unsure(marked, match, found.end(), promised=False)
    done = _is_done(marked, found.end(), end)
    if unsure or done:
        return None
    return Clause(Subject.NAMED, match.start(), end, found.end(), end, found.start("other"))


def _owner(
    match: re.Match[str],
    last: re.Match[str] | None,
    end: int,
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
    if not towards and re.search(
        rf"(?:{cue('to_us_zh')})我们?(?:$|[{HAN}]?\W)", match.string[match.start() : end]
    ):
        towards = "我"
    if re.search(r"我", towards):
        return (
            (Subject.NAMED, last.start("named"))
            if last is not None and last["named"]
            else (Subject.HE, -1)
            if last is not None and last["he"]
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

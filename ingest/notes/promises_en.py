"""Promises in English sentences, over text in which names are marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.notes.clauses import Clause, Subject
from ingest.notes.cues import any_of, cue, words
from ingest.notes.ends_en import end_of, next_present, openings_of
from ingest.notes.forms_en import further
from ingest.notes.mentions import ACCOUNT, AHEAD, DATE, HUMAN, OURS, TODAY
from ingest.notes.phrases_en import (
    asked_of_us,
    bare_promise,
    going_on_promise,
    imperative_form,
    owed_thing,
    owned_by,
    present_promise,
    spoken_promise,
    spoken_to,
    thing_words,
    verb_words,
)
from ingest.notes.reading import Sentence

_ASKS = re.compile(r"(?:ask|request|raise|discuss|tell|explain|push|chase|report|call|name(?=s))")


def clauses(marked: str, sentence: Sentence) -> Iterator[Clause]:
    """The promises of one sentence."""
    start, end = sentence.start, sentence.end
    seen: list[tuple[int, int]] = []
    labelled = sentence.label.startswith("actions")
    spoken = sorted(
        [
            *spoken_promise().finditer(marked, start, end),
            *asked_of_us().finditer(marked, start, end),
            *spoken_to().finditer(marked, start, end),
        ],
        key=lambda match: match.start(),
    )
    for number, match in enumerate(spoken):
        if _is_inside(match.start("act"), seen) or not _is_promise(marked, start, match):
            continue
        following = (one.start() for one in spoken[number + 1 :] if one.start() >= match.end())
        later = next(following, end)
        for clause in _coordinated(marked, start, match, end_of(marked, match.end(), end, later)):
            seen.append((clause.start, clause.end))
            yield clause
    if re.search(rf"{AHEAD}|{TODAY}", marked[start:end]):
        led = re.match(rf"\s*(?:by|on|until|before)?\s*{AHEAD}", marked[start:end]) is not None
        present = [
            *present_promise().finditer(marked, start, end),
            *going_on_promise().finditer(marked, start, end),
        ]
        for match in sorted(present, key=lambda one: one.start()):
            if _is_inside(match.start("act"), seen) or not _is_promise(marked, start, match):
                continue
            if not (match["me"] or match["we"]) and _ASKS.match(match["verb"]):
                continue
            until = end_of(marked, match.end(), end, next_present(marked, match.end(), end))
            for clause in _coordinated(marked, start, match, until):
                own = match["me"] or match["we"] or led
                if own or re.search(rf"{AHEAD}|{TODAY}", marked[clause.start : clause.end]):
                    seen.append((clause.start, clause.end))
                    yield replace(clause, due=clause.due or (start, end))
    for match in owned_by().finditer(marked, start, end):
        owner, act = ("named", "act") if match["named"] else ("holder", "thing")
        if not _is_inside(match.start(act), seen):
            until = end_of(marked, match.start(act), end, end)
            if owner == "holder" and (day := re.compile(AHEAD).search(marked, until, end)):
                until = day.end()  # "…, ETA 8 Dec"
            seen.append((match.start(), until))
            yield Clause(
                Subject.NAMED, match.start(), until, match.start(act), until, match.start(owner)
            )
    for match in owed_thing().finditer(marked, start, end):
        if (
            _is_inside(match.start("act"), seen)
            or match["rival"]
            or _is_unsure(marked, start, match.start())
        ):
            continue
        if re.match(r"to\s|that\s|(?:us|me)\s", marked[match.start("act") :]):
            continue
        until = end_of(marked, match.start("act"), end, end)
        seen.append((match.start(), until))
        yield _clause(match, match.start(), until, match.start("act"))
    for place in openings_of(marked, start, end):
        bare = bare_promise().match(marked, place, end)
        if bare is None:
            continue
        begin = bare.start("act" if bare["act"] else "owed")
        if _is_inside(begin, seen) or (
            bare["verb"] and not (_READY.match(marked, begin) or _does(bare["verb"], own=True))
        ):
            continue
        purpose = bare["plain"] and bare["plain"].strip() == "to"  # "… to send" says what for
        if purpose and not labelled and bare.start() > start + 2:
            continue
        until = end_of(marked, begin, end, end)
        for clause in _split(marked, Clause(Subject.NOBODY, bare.start(), until, begin, until)):
            seen.append((clause.start, clause.end))
            yield clause
    for clause in _imperatives(marked, sentence, seen, labelled):
        yield clause
    yield from further(marked, sentence, seen)


def _imperatives(
    marked: str, sentence: Sentence, seen: list[tuple[int, int]], labelled: bool
) -> Iterator[Clause]:
    start, end = sentence.start, sentence.end
    for place in openings_of(marked, start, end):
        match = imperative_form().match(marked, place, end)
        if match is None or _is_inside(match.start("act"), seen):
            continue
        after = marked[match.end("act") : end]
        if re.match(
            r"\s*(?:with|from|at|:|was|is|on\b|about|re\b|went|and\s+(?:lunch|dinner)|"
            + HUMAN
            + r"\s*(?:,|:|$))",
            after,
        ) and not re.match("follow", match["verb"]):
            continue
        meant = re.match(rf"\s+(?:the|a|an|our|their|his|her|them|him|it|up|{HUMAN})", after)
        if thing_words().fullmatch(match["verb"]) and not (meant or labelled):
            continue
        until = end_of(marked, match.end("act"), end, end)
        dated = re.search(AHEAD, marked[match.start() : until]) is not None
        firm = re.match(
            r"send|follow|prepare|schedule|arrange|chase|remind|get back|draft|forward"
            r"|submit|organi[sz]e|set up|circulate|share",
            match["verb"],
        )
        going_on = match["verb"].split()[0].endswith("ing")
        soon = re.search(rf"{AHEAD}|{TODAY}|tonight", marked[match.start() : until]) is not None
        if going_on and not (soon and (meant or _is_given(match["verb"]))):
            continue
        if not (labelled or dated or firm or going_on):
            continue
        for clause in _split(
            marked, Clause(Subject.NOBODY, place, until, match.start("act"), until)
        ):
            seen.append((clause.start, clause.end))
            yield clause


def _is_inside(place: int, seen: list[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in seen)


def _does(verb: str, *, own: bool) -> bool:
    """Whether the verb is something to keep: anything that ours do, what others do for us."""
    if re.fullmatch(any_of(words("state")), verb):
        return False
    if own:
        return True
    return re.fullmatch(verb_words(), verb) is not None and not re.fullmatch(
        any_of(words("happens")), verb
    )


_READY = re.compile(
    r"have\s+(?:[\w'-]+\s+){1,6}?(?:ready|done|finished|fixed|signed|sent|prepared|delivered"
    r"|on (?:his|her|their|my|the) (?:desk|table))(?![a-z])"
)
"""What is promised by its end: "have the numbers ready"."""


def _is_given(verb: str) -> bool:
    """Whether what somebody "is sending" is given to us: what else they are at is their own."""
    given = r"(?:send|forward|provid|shar|return|sign|confirm|mail|e-?mail|deliver|submitt?|pay)ing"
    return re.fullmatch(given, verb) is not None


def _is_promise(marked: str, start: int, match: re.Match[str]) -> bool:
    group = match.groupdict()
    if group.get("rival") or _is_unsure(marked, start, match.start()):
        return False
    said = marked[match.start() : match.start("act")]
    if re.match(cue("asked_of"), said):
        return _does(match["verb"], own=True)
    if re.fullmatch(r"(?:us|me)\s+(?:to|2)\s+", said):
        return False  # "nothing for us to do"
    if re.search(r"'d\s|\bwould\s", said) and not _was_said(marked, start, match):
        return False
    if re.search(r"\bshould\b", said) and not re.search(AHEAD, marked[match.end() :][:80]):
        return False
    if (
        re.search(r"\bto\s+$", said)
        and not re.search(
            r"(?:need|have|has|ought|going|is|are|am|'m|'s|'re|asked|requested|required|tasked|promised|agreed|committed|offered"
            r"|volunteered|it on)[^.]*to\s+$",
            said,
        )
        and (group.get("me") or _verb_at(marked, match.start("act")) is None)
    ):
        return False  # "introduce me to the director"
    if re.search(r"\b(?:not|never|n't|no longer|hardly|probably|possibly|likely)\b|n't", said):
        return False
    if match["verb"] == "have" and _READY.match(marked, match.start("act")):
        return True
    ours = group.get("me") or group.get("we") or re.match(OURS, said)
    if re.search(r"(?:asked|requested|required|tasked)\s+to\s", said):
        return bool(ours) and _does(match["verb"], own=True)  # "I was asked to provide it"
    if match["verb"].endswith("ing") and not ours:
        for_us = re.search(r"(?<![a-z])(?:for|to) (?:us|me)(?![a-z])", marked[match.end() :][:60])
        return _is_given(match["verb"]) or for_us is not None
    verb = _verb_at(marked, match.start("act")) or re.sub(r"(?<=[a-z])s$", "", match["verb"])
    if not group.get("account") and re.search(rf"{OURS}", said[:3]):
        return _does(verb, own=True)
    if group.get("me") or group.get("we") or group.get("ourothers"):
        return _does(verb, own=True)
    if re.search(r"\b(?:need|needs|must|should|has to|have to|ought)\b", said) and not group.get(
        "named"
    ):
        return False  # what they must do for themselves is no promise to us
    return _does(verb, own=False)


def _was_said(marked: str, start: int, match: re.Match[str]) -> bool:
    """Whether "would" stands for a promise told: "I said I'd send it"."""
    before = marked[max(start, match.start() - 40) : match.start()]
    told = r"(?:said|told|promised|confirmed|agreed|assured|offered|mentioned|announced)"
    after = re.match(
        r"(?:like|love|have|need|prefer|be|rather)(?![a-z])", marked[match.start("act") :]
    )
    return after is None and re.search(rf"\b{told}\b[^.;]*$", before) is not None


def _verb_at(marked: str, place: int) -> str | None:
    match = re.compile(verb_words()).match(marked, place)
    return match.group() if match else None


def _is_unsure(marked: str, start: int, place: int) -> bool:
    """Whether the clause is only possible, or hangs on something."""
    before = marked[max(start, place - 90) : place]
    before = re.split(r"[.;!?\n]|,\s*(?:and|but|so)\s|\band\b|\bbut\b", before)[-1]
    if re.search(r"\b(?:nothing|none|what|whatever|everything|all)\s*(?:that\s*)?$", before):
        return True
    if re.search(r"\b(?:if|unless|in case|whether|should they|provided)\b", before):
        return True
    return (
        re.search(
            r"\b(?:maybe|perhaps|hopes?|hoping|hoped|asked (?:if|whether|when)|wonder"
            r"(?:s|ed)?|unclear|not sure|wants? to know|think|thinks|expects?|assumes?)"
            r"\b[^,]*$",
            before,
        )
        is not None
    )


def _coordinated(marked: str, start: int, match: re.Match[str], until: int) -> Iterator[Clause]:
    begin = match.start()
    lead = re.search(rf"(?:(?:by|on|before|until|in)?\s*{DATE}\s*(,?)\s*)$", marked[start:begin])
    if lead and (not lead[1] or not marked[start : start + lead.start()].strip()):
        begin = start + lead.start()
    clause = _clause(match, begin, until, match.start("act"))
    yield from _split(marked, clause)


def _clause(match: re.Match[str], start: int, until: int, act: int) -> Clause:
    group = match.groupdict()
    subject, owner = Subject.THEY, -1
    if group.get("me"):
        subject = Subject.ME
    elif group.get("we"):
        subject = Subject.WE
    elif group.get("ourothers"):
        subject = Subject.OUR_OTHERS
    elif group.get("named"):
        subject, owner = Subject.NAMED, match.start("named")
    elif group.get("account"):
        subject, owner = Subject.NAMED, match.start("account")
    elif group.get("he"):
        subject = Subject.HE
    return Clause(subject, start, until, act, until, owner)


def _split(marked: str, clause: Clause) -> Iterator[Clause]:
    """The clause cut where a second verb begins: "send the quote and book the demo"."""
    joint = re.compile(
        rf"(?:\s*,\s*(?:and\s+)?(?:then\s+)?|\s+(?:and|then|&|\+|plus)\s+(?:then\s+"
        rf"|also\s+|to\s+|i'll\s+|will\s+)*)(?P<verb>{verb_words()})(?=\s+"
        rf"(?P<next>\S+))"
    )
    cuts: list[tuple[int, int]] = []
    for match in joint.finditer(marked, clause.act + 2, clause.act_end):
        thing = thing_words().fullmatch(match["verb"]) is not None
        opens = re.match(
            rf"(?:the|a|an|our|their|his|her|it|them|him|us|me|back|over|with|{HUMAN}"
            rf"|{ACCOUNT}|on|if|whether|when|up|all|some|another|two|three|that|this"
            rf"|what)(?![a-z])",
            match["next"],
        )
        if opens or not thing:
            cuts.append((match.start(), match.start("verb")))
    if not cuts:
        yield clause
        return
    ends = [cut for cut, _ in cuts] + [clause.act_end]
    begins = [clause.act] + [verb for _, verb in cuts]
    for number, (act, act_end) in enumerate(zip(begins, ends, strict=True)):
        first = clause.start if number == 0 else act
        # A date at the end bounds what is joined before it, too.
        yield replace(
            clause,
            start=first,
            end=act_end,
            act=act,
            act_end=act_end,
            due=(act_end, clause.act_end),
        )

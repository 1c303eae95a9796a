"""How English says that somebody promises something, as patterns over text with marked names."""

from __future__ import annotations

import re
from functools import cache

from ingest.notes.cues import LATIN, any_of, cue, words
from ingest.notes.mentions import ACCOUNT, AHEAD, DATE, HUMAN, OURS, sign

_RIVAL = sign("competitor", "product")
_OUR_OTHERS = r"\bour \w+(?: \w+)?(?=\s+(?:will|is|are|to)\b|'ll)"
_ADVERB = (
    r"(?:(?:also|then|both|kindly|now|still|just|personally|happily|gladly|definitely"
    r"|certainly|again|all|each|please|either|quickly|immediately|shortly|next)"
    r"\s+)*"
)
END = (
    r"(?:,\s*(?:which|who|but|because|as|since|if|while|so|otherwise|then they"
    r"|then he|then she)\b|\bbut\b|\bbecause\b|\bwhile\b|\bso that they\b|\bwhereas\b"
    r"|\s--?\s|\s[–—]\s|\s/\s|\()"
)


@cache
def _subject() -> str:
    return (
        rf"(?P<rival>{_RIVAL})|(?P<named>{HUMAN}(?:'s\s+team)?)|(?P<account>{ACCOUNT}"
        rf"(?:'s\s+\w+)?)|(?P<me>{cue('me')})|(?P<we>{cue('we')})"
        rf"|(?P<ourothers>{_OUR_OTHERS})|(?P<they>{cue('they')})|(?P<he>{cue('he')})"
    )


_ASIDE = (
    rf"(?:\s*\([^)\n]{{0,60}}\))?(?:\s*,\s*(?:the|their|our)\s[^,\n]{{0,40}},)"
    rf"?(?:\s+(?:from|of|at|in)\s+(?:{ACCOUNT}|\w+))?"
)
_WHEN = rf"(?:\s*,?\s*(?:by|on|before|until|in|at)?\s*{DATE}\s*,?)?"
_MODAL = (
    r"(?:'ll(?:\s+have\s+to)?|\s+will(?:\s+have\s+to)?|\s+shall|(?:\s+(?:am|is|are)|'(?:s|re|m))"
    r"\s+(?:going\s+)?to|(?:'(?:s|re|m))?\s+gonna|\s+gotta|\s+(?:must|should)|\s+needs?\s+to|\s+ha"
    r"(?:ve|s)\s+to|\s+ought\s+to"
    r"|\s+(?:has|have|had)?\s*(?:promised|agreed|committed|offered|undertook|undertaken"
    r"|volunteered|confirmed|said|says|promises|agrees|offers|commits)(?:\s+"
    r"(?:us|me|them|him|her|\W+))?\s+(?:(?:that\s+)?(?:he|she|they|i|we)(?:'ll"
    r"|\s+will|\s+would)|to)"
    r"|'d|\s+would"
    r"|\s+(?:was|were|am|are|is|ha(?:ve|s)\s+been)\s+(?:asked|requested|required|tasked)\s+to"
    r"|\s+takes?\s+it\s+on\s+to|\s+(?:to|2)(?=\s))"
)
_NOUN = (
    r"(?:\s+(?:has|have|had)?\s*(?:promised|promises|committed\s+to|owes?|still\s+owes?)"
    r"(?:\s+(?:us|me|them|him|her|{human}))?\s+(?:for\s+)?(?=\S))"
)


@cache
def verb_words() -> str:
    return any_of(words("act"))


@cache
def thing_words() -> re.Pattern[str]:
    return re.compile(any_of(words("act_or_thing")))


@cache
def spoken_promise() -> re.Pattern[str]:
    """Somebody, what obliges them, and the verb."""
    modal = _MODAL.replace(r"\W+", HUMAN)
    return re.compile(
        rf"(?:{_subject()}){_ASIDE}(?:\s+and\s+(?:i|we|{HUMAN}))?{_WHEN}\s*{modal}\s+{_ADVERB}{_WHEN}\s*"
        rf"(?P<act>(?P<verb>(?!(?:the|a|an|my|our|their|his|her|this|that|it|them"
        rf"|us|me|him|you)\b)[{LATIN}][{LATIN}'-]*))"
    )


@cache
def owed_thing() -> re.Pattern[str]:
    noun = _NOUN.format(human=HUMAN)
    return re.compile(
        rf"(?:{_subject()}){_ASIDE}{noun}(?P<act>(?:the|a|an|his|her|their|our|some"
        rf"|another|two|three|{DATE}|\w)[^\n]*)"
    )


@cache
def present_promise() -> re.Pattern[str]:
    """ "Paul sends the redlines by Tuesday", "by 15 December we deliver the concept"."""
    return re.compile(
        rf"(?:{_subject()}){_ASIDE}\s+{_ADVERB}(?P<act>(?P<verb>{_verbs_present()}"
        r"|(?:gets?|brings?|makes?|leaves?)(?=\s+(?:us|me)\s)))(?=\s)"
    )


@cache
def going_on_promise() -> re.Pattern[str]:
    """ "I'm calling Rachel on 1 December", "he's forwarding the list today"."""
    return re.compile(
        rf"(?:(?P<me>{cue('me')})|(?P<we>{cue('we')})|(?P<named>{HUMAN})|(?P<he>{cue('he')}))"
        rf"(?:\s+(?:am|are|is)|'(?:m|re|s))\s+{_ADVERB}(?P<act>(?P<verb>{_verbs_going_on()}))(?=\s)"
    )


@cache
def _verbs_present() -> str:
    """The verbs as they stand beside "Paul" or "we", without those that mean much else besides."""
    loose = r"(?:do|set|get|take|make|run|hold|meet|own|cover|drop|leave|cost|price|be)(?:$|\W)"
    return any_of(
        re.sub(r"^[\w-]+", lambda verb: f"{verb.group()}(?:s|es)?", one)
        for one in words("act")
        if one[0].isalpha() and one.isascii() and not re.match(loose, one)
    )


@cache
def _verbs_going_on() -> str:
    """The verbs as they stand in "sending it tomorrow"."""
    return any_of(
        re.sub(r"^([a-z-]+?)e?(?=$|\W)", r"\1ing", one)
        for one in words("act")
        if one[0].isalpha() and one.isascii() and not one.startswith(("be ", "get", "set", "do"))
    )


@cache
def asked_of_us() -> re.Pattern[str]:
    return re.compile(
        rf"{cue('asked_of')}\s+(?:(?P<me>me)|(?P<we>us)|(?P<named>{OURS}))\s+(?:\([^)]*\)"
        rf"\s*)?to\s+{_ADVERB}(?P<act>(?P<verb>[{LATIN}][{LATIN}'-]*))"
    )


@cache
def owned_by() -> re.Pattern[str]:
    """ "Owner Chen Bo, deliver the plan by 1 Dec", "Xu Feng owns the test data, ETA 8 Dec"."""
    return re.compile(
        rf"(?<![{LATIN}])(?:owner|负责人)\s*:?\s*(?P<named>{HUMAN})\s*[,:–—-]\s*(?P<act>(?P<verb>[{LATIN}][{LATIN}'-]*))"
        rf"|(?P<holder>{HUMAN})\s+(?:owns|takes|handles)\s+(?P<thing>(?=[^\n.;]*{AHEAD})\S)"
    )


@cache
def spoken_to() -> re.Pattern[str]:
    """ "Priya, pls share the guide", "@Chen Bo can you check it": one of ours is asked to."""
    return re.compile(
        rf"(?P<named>{OURS})\s*[,:–—-]?\s*(?:(?:can|could|would|will)\s+you\s+(?:please\s+|pls\s+)?"
        rf"|please\s+|pls\.?\s+|plz\s+|kindly\s+)(?P<act>(?P<verb>[{LATIN}][{LATIN}'-]*))"
    )


@cache
def bare_promise() -> re.Pattern[str]:
    """No subject: "Will send …", "Promised her …", "need to check …", "to send: …"."""
    return re.compile(
        rf"\s*(?:(?:{cue('joining')}|{DATE}|by|on)[\s,]*)*(?:(?P<plain>(?:will|'ll"
        rf"|to|must|need\s+to|have\s+to|going\s+to|gonna|gotta|agreed\s+to|promised"
        rf"(?:\s+(?:them|him|her|{HUMAN}|{ACCOUNT}))?\s+to|offered\s+to|committed\s+to"
        rf"|todo:?|remember\s+to)\s+{_ADVERB}|(?:please|pls|plz)\.?\s+)(?P<act>(?P<verb>[{LATIN}][{LATIN}'-]*)"
        rf")"
        rf"|(?P<noun>promised(?:\s+(?:them|him|her|{HUMAN}|{ACCOUNT}))?\s+)"
        rf"(?P<owed>(?:the|a|an|our|another|some|to)?\s*\S[^\n]*))"
    )


@cache
def imperative_form() -> re.Pattern[str]:
    return re.compile(
        rf"\s*(?:(?:{cue('joining')}|{DATE}|by|on|please)[\s,]*)*(?P<act>"
        rf"(?P<verb>{verb_words()}|{_verbs_going_on()}))(?=\s)"
    )

"""WebVTT transcripts: cues become lines "Name: what they said"."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections import Counter
from dataclasses import dataclass, replace

from ingest.documents.cleaning import clean
from ingest.documents.document import Document
from ingest.documents.encoding import decode
from ingest.documents.front_matter import split_front_matter
from kam_knowledge.errors import DocumentError

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2}[.,]\d{3})"
_TIMING = re.compile(rf"[ \t]*{_TIME}[ \t]+-->[ \t]+{_TIME}")
_VOICE = re.compile(r"<v(?:\.[^\s>]{0,60})?[ \t]+([^>\n]{1,120})>")
_TAG = re.compile(r"</?[A-Za-z0-9:.][^<>\n]{0,120}>")
_NAMED = re.compile(
    r"(?P<name>[^\W\d_][^:：。！？!?;；,，\n<>]{0,39})[:：]\s?(?P<text>\S.*)", re.DOTALL
)
_WORD = r"[^\W\d_][\w.'’-]{0,30}"
_PERSON = re.compile(
    rf"{_WORD}(?: {_WORD}){{1,3}}(?: ?[(（][^)）]{{1,30}}[)）])?|[\u3400-\u9fff·]{{2,4}}"
)
_DAY = re.compile(r"(?<!\d)(20\d{2})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)")
_PAUSE = 2.0  # seconds without speech that begin a new paragraph where no speaker is named
_BLOCKS_WITHOUT_TEXT = ("STYLE", "REGION")


@dataclass(frozen=True)
class _Cue:
    speaker: str | None
    text: str
    begin: float  # seconds
    end: float


def read_vtt(data: bytes) -> Document:
    """The transcript as one line a turn: consecutive cues of one speaker are joined.

    `date` is the first date in a NOTE or in the header. Raises DocumentError for another format.
    """
    front_matter, text = split_front_matter(clean(decode(data)))
    blocks = [block.strip("\n") for block in re.split(r"\n[ \t]*\n", text.lstrip())]
    if not blocks[0].startswith("WEBVTT"):
        raise DocumentError(
            "The file is not a WebVTT transcript: it does not begin with WEBVTT.",
            "Export the transcript again, or save it as .txt.",
        )
    header = [blocks[0]] + [block for block in blocks[1:] if block.startswith("NOTE")]
    cues = _with_prefixed_speakers(_cues(blocks))
    title = front_matter.get("title")
    return Document(
        text=clean("\n".join(_lines(cues))),
        format="vtt",
        title=title if isinstance(title, str) else None,
        front_matter=front_matter,
        date=_first_date(header),
        participants=tuple(dict.fromkeys(cue.speaker for cue in cues if cue.speaker)),
    )


def _cues(blocks: list[str]) -> list[_Cue]:
    """The cues with text; a cue of two voices becomes two."""
    cues: list[_Cue] = []
    for block in blocks:
        lines = block.split("\n")
        at = next((n for n, line in enumerate(lines[:3]) if _TIMING.match(line)), None)
        timing = _TIMING.match(lines[at]) if at is not None else None
        if at is None or timing is None or block.startswith(_BLOCKS_WITHOUT_TEXT):
            continue
        begin, end = _seconds(timing, 1), _seconds(timing, 4)
        parts = _VOICE.split("\n".join(lines[at + 1 :]))
        for speaker, words in [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]:
            said = ""
            for line in html.unescape(_TAG.sub("", words)).split("\n"):
                if line.strip():
                    said += (_space(said, line.strip()) if said else "") + line.strip()
            if said:
                cues.append(_Cue(html.unescape(speaker).strip() or None, said, begin, end))
    return cues


def _seconds(timing: re.Match[str], group: int) -> float:
    hours, minutes, seconds = timing.group(group, group + 1, group + 2)
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))


def _with_prefixed_speakers(cues: list[_Cue]) -> list[_Cue]:
    """The cues, "Dana: hello" parted where Dana is a speaker.

    A speaker's name looks like a person's or stands before a colon more than once.
    """
    named = [None if cue.speaker else _NAMED.fullmatch(cue.text) for cue in cues]
    counts = Counter(match["name"].strip() for match in named if match)
    speakers = {name for name, count in counts.items() if count > 1 or _PERSON.fullmatch(name)}
    return [
        replace(cue, speaker=match["name"].strip(), text=match["text"])
        if match and match["name"].strip() in speakers
        else cue
        for cue, match in zip(cues, named, strict=True)
    ]


def _lines(cues: list[_Cue]) -> list[str]:
    """One line a turn; without speakers, one a stretch of speech."""
    lines: list[str] = []
    last: _Cue | None = None
    for cue in cues:
        if (
            last is not None
            and last.speaker == cue.speaker
            and (cue.speaker or cue.begin - last.end <= _PAUSE)
        ):
            lines[-1] += _space(lines[-1], cue.text) + cue.text
        else:
            lines.append(f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text)
        last = cue
    return lines


def _space(before: str, after: str) -> str:
    """What stands between two cues: nothing between two Chinese characters."""
    return "" if before[-1:] >= "\u3000" and after[:1] >= "\u3000" else " "


def _first_date(blocks: list[str]) -> dt.date | None:
    for match in _DAY.finditer("\n".join(blocks)):
        try:
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            continue
    return None

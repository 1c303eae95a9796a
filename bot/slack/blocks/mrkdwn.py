"""Our markdown as Slack's mrkdwn, escaped: no note can mention a channel or forge a link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time

FENCE = "```"
"""Before and behind lines that are to be copied."""
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_HEADING = re.compile(r"^#{1,6}\s+(.*)$")
_BULLET = re.compile(r"^(\s*)[-*]\s+")
_EMPHASIS = str.maketrans({"*": "∗", "`": "ˋ"})
_CODE = re.compile(r"`([^`]+)`|`")
_LINKING = re.compile(
    r"(?<=\])(?=[(:])|(?<=:)(?=//)|(?<=\bwww)(?=\.)|(?<=@)(?<!\w@)", re.IGNORECASE
)
"""Where Markdown would make a link or Slack a mention: between `]` and `(` or `:`, in `://`."""
_BREAK = "\u200b"
_DAY = re.compile(r"(?<![\w/.:=-])\d{4}-\d\d-\d\d(?![\w/-]|[.:]\w)")
_QUOTED = re.compile('“[^”]*”|"[^"]*"|「[^」]*」|`[^`]*`')
_MORNING = time(10, tzinfo=UTC)
"""The hour at which it is the same day from Hawaii to New Zealand: Slack shows a day by an
instant, in its reader's zone."""
_SPECIAL = re.compile(r"<([^<>]*)>")


def escape(text: str) -> str:
    """Text that Slack shows as it is: `<!channel>`, `<@U…>` and `<url|label>` stay letters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mrkdwn(markdown: str, *, days: bool = False) -> str:
    """A reply's markdown (bold, headings, bullets) as mrkdwn; its days as `day` writes them."""
    lines = _lines(markdown.split("\n"))
    return "\n".join(_in_their_form(line) if days else line for line in lines)


def markdown(text: str) -> str:
    """Checked words as they are streamed: markdown in which nothing links, mentions or is code.

    What is said of a text's beginning stands at the beginning of what is said of the whole, so
    that a stream can grow by the difference.
    """
    return _LINKING.sub(_BREAK, escape(text)).replace("`", "ˋ")


def _lines(lines: list[str]) -> Iterator[str]:
    """The lines in mrkdwn; what stands between two fences stays as written, to be copied."""
    closed, inside = lines.count(FENCE) % 2 == 0, False
    for line in lines:
        if closed and line == FENCE:
            inside = not inside
            yield FENCE
        else:
            yield escape(line).replace("`", "ˋ") if inside else _line(line)


def _line(line: str) -> str:
    line = escape(line)
    if heading := _HEADING.match(line):
        line = f"*{heading[1].replace('**', '')}*"
    else:
        line = _BULLET.sub(r"\1• ", line)
        # A zero-width space lets the mark close beside a Chinese character or a letter.
        line = _BOLD.sub(lambda found: f"{_BREAK}*{found[1].translate(_EMPHASIS)}*{_BREAK}", line)
    # A mark that nothing closes would make code of what follows.
    return _CODE.sub(lambda found: found[0] if found[1] else "ˋ", line)


def day(when: date) -> str:
    """A day in its reader's own form; ISO where that is not known (decision 0001)."""
    instant = int(datetime.combine(when, _MORNING).timestamp())
    return f"<!date^{instant}^{{date_short}}|{when.isoformat()}>"


def _in_their_form(line: str) -> str:
    """The line with its days as `day` writes them; what it quotes stays as it was written."""
    quoted = [one.span() for one in _QUOTED.finditer(line)]

    def shown(found: re.Match[str]) -> str:
        if any(begin < found.start() < end for begin, end in quoted):
            return found[0]
        try:
            return day(date.fromisoformat(found[0]))
        except ValueError:
            return found[0]

    return _DAY.sub(shown, line)


def shortened(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis where it was cut."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def plain(text: str, names: dict[str, str]) -> str:
    """What a person wrote, as they see it: names for `<@U…>`, labels for links."""

    def shown(found: re.Match[str]) -> str:
        target, _, label = found[1].partition("|")
        if target.startswith("@"):
            return label or names.get(target[1:], "")
        if target.startswith("#"):
            return f"#{label}" if label else ""
        if target.startswith("!"):
            return label
        return label or target

    text = _SPECIAL.sub(shown, text)
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return re.sub(r"[ \t\u00a0]+", " ", text).strip()


def mentioned(text: str) -> list[str]:
    """The users that a message names."""
    return re.findall(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>", text)

"""Our markdown as Slack's mrkdwn, escaped: no note can mention a channel or forge a link."""

from __future__ import annotations

import re

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_HEADING = re.compile(r"^#{1,6}\s+(.*)$")
_BULLET = re.compile(r"^(\s*)[-*]\s+")
_EMPHASIS = str.maketrans({"*": "∗", "`": "ˋ"})
_SPECIAL = re.compile(r"<([^<>]*)>")


def escape(text: str) -> str:
    """Text that Slack shows as it is: `<!channel>`, `<@U…>` and `<url|label>` stay letters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mrkdwn(markdown: str) -> str:
    """A reply's markdown (bold, headings, bullets) as mrkdwn."""
    return "\n".join(_line(line) for line in markdown.split("\n"))


def _line(line: str) -> str:
    line = escape(line)
    if heading := _HEADING.match(line):
        return f"*{heading[1].replace('**', '')}*"
    line = _BULLET.sub(r"\1• ", line)
    # A zero-width space lets the mark close beside a Chinese character or a letter.
    return _BOLD.sub(lambda found: f"\u200b*{found[1].translate(_EMPHASIS)}*\u200b", line)


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

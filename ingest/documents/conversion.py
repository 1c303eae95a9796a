"""How markitdown is asked to write Markdown.

Its converters are called one by one, never through its `MarkItDown` class, which would guess
formats, open addresses and load plugins. Quotes are verbatim in the source, so nothing is escaped
and nothing is emphasised; addresses of links are left out (their words stay): a document can
then not plant one in an answer, and a remote picture is never named.
"""

from __future__ import annotations

from typing import Any

HTML_OPTIONS: dict[str, Any] = {
    "escape_asterisks": False,
    "escape_underscores": False,
    "escape_misc": False,
    "strip": ["a", "b", "strong", "i", "em", "u", "sub", "sup", "img", "code", "kbd", "samp"],
    "table_infer_header": True,
}

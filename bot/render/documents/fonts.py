"""The fonts and colours of documents: fonts that office programs have, by name.

A program that lacks one takes another of the same script: LibreOffice has Liberation Sans for
Arial, and on Linux Noto Sans CJK SC stands in for Microsoft YaHei.
"""

LATIN = "Arial"
CHINESE = "Microsoft YaHei"
INK, SOFT, ACCENT, TINT = "1B2733", "5B6773", "1F4E79", "E8EEF4"

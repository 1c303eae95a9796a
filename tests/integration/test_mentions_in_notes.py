"""Notes that speak of somebody: the full-text index finds every one that reading all would."""

from __future__ import annotations

import random

from kam_knowledge.access import Audience, Viewer, decide
from kam_knowledge.queries.mentions import mentions_of
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.touches import latest_mentions
from kam_knowledge.store.engine import Store
from tests.integration.asking import TODAY, SmallBook

NAMES = (
    "Corvexa", "T-Systems", "Acme Robotics", "O'Brien", "3M", "AT&T", "金蝶", "用友网络",
    "华为Cloud", "Société Nord", "B2B Partners",
)  # fmt: skip
PLACES = (
    "{} was there.", "They like {}'s price.", "anti-{}-team", "({})", "与{}开会讨论价格",
    "see {}.com", "{}/Oltavia", "**{}**", "_{}_", "x{}y", "they said“{}”", "{}2", "@{}",
)  # fmt: skip
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def written(name: str, chance: random.Random) -> str:
    """The name as somebody may write it."""
    traditional = {"蝶": "蝶", "网": "網", "络": "絡", "华": "華", "为": "為"}
    match chance.randrange(5):
        case 0:
            return name.upper()
        case 1:
            return name.lower()
        case 2:
            return name.translate(WIDE)
        case 3:
            return "".join(traditional.get(character, character) for character in name)
    return name


def test_they_are_those_of_reading_every_note_newest_first(store: Store) -> None:
    book, chance = SmallBook(store), random.Random(4)
    ana = book.person("Ana")
    acme = book.account("ACME", owner_id=ana)
    texts: dict[str, str] = {}
    for name in NAMES:
        for number, place in enumerate(PLACES):
            title = f"{name} {number}"
            texts[title] = place.format(written(name, chance))
            book.note(acme, texts[title], TODAY, title=f"Note {len(texts)}")
    with store.read() as session:
        rights = decide(session, Viewer(ana), Audience.only(ana), TODAY)
        records = Records(session, rights)
        for name in NAMES:
            speaks_of = mentions_of([name])
            wanted = sorted(text for text in texts.values() if speaks_of(text))
            assert wanted, name
            found = sorted(note.text for _, note in latest_mentions(records, [acme], [name]))
            assert found == wanted, name

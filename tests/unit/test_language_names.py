"""Names in texts: whom and which account the words mean, in both languages."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_knowledge.language.name_choice import likeliest
from kam_knowledge.language.names import NameEntry, NameIndex, NameMatch

ACME, HUAYUAN, INITECH, GLOBEX, GLP, TARGET, MAY, GUOMEI = range(1, 9)
BOOK = [
    NameEntry("account", ACME, "ACME Corp"),
    NameEntry("account", HUAYUAN, "华远重工集团有限公司"),
    NameEntry("account", INITECH, "Initech Solutions GmbH"),
    NameEntry("account", GLOBEX, "Globex"),
    NameEntry("account", GLP, "Global Logistics Partners"),
    NameEntry("account", TARGET, "Target Corporation"),
    NameEntry("account", MAY, "May"),
    NameEntry("account", GUOMEI, "国美电器控股有限公司"),
    NameEntry("contact", 1, "Dana Wu", ("吴丹娜",), ("CTO",), ACME),
    NameEntry("contact", 2, "李伟", (), ("采购经理", "采购部"), HUAYUAN),
    NameEntry("contact", 3, "李薇", (), ("法务",), ACME),
    NameEntry("contact", 4, "Wang Xiaoming", (), ("VP Engineering",), INITECH),
    NameEntry("contact", 5, "Robert Smith", (), ("CFO",), GLOBEX),
    NameEntry("contact", 6, "Will Turner", (), (), GLOBEX),
    NameEntry("contact", 7, "欧阳娜娜", (), ("总经理",), HUAYUAN),
    NameEntry("contact", 8, "Jean-Claude van der Berg", (), (), GLOBEX),
    NameEntry("contact", 9, "周明", (), (), HUAYUAN),
    NameEntry("contact", 10, "Seán O'Brien", (), (), GLOBEX),
    NameEntry("person", 1, "Li Na", ("李娜",)),
    NameEntry("person", 2, "Tom Becker"),
    NameEntry("product", 1, "GTX-900"),
    NameEntry("product", 2, "GTXPro"),
    NameEntry("competitor", 1, "Hooli"),
]
INDEX = NameIndex(BOOK)


def found(text: str, *kinds: str) -> list[tuple[str, str]]:
    """What the text names with some certainty: as written, and the best entry's name."""
    best: dict[tuple[int, int], NameMatch] = {}
    for match in INDEX.find(text, kinds or None):
        best.setdefault(match.span, match)
    return [(m.matched, m.entry.name) for m in best.values() if m.score >= 0.5]


def hows(text: str) -> dict[str, str]:
    return {match.matched: match.how for match in INDEX.find(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What's our status with ACME's CTO?", [("ACME", "ACME Corp")]),
        ("ACME的CTO怎么样", [("ACME", "ACME Corp")]),
        ("ＡＣＭＥ　ＣＴＯ", [("ＡＣＭＥ", "ACME Corp")]),
        ("acme renewal", [("acme", "ACME Corp")]),
        ("ACME Inc. called", [("ACME Inc", "ACME Corp")]),
        ("華遠最近怎么样", [("華遠", "华远重工集团有限公司")]),
        ("华远重工的采购", [("华远重工", "华远重工集团有限公司")]),
        ("去华远重工集团开会", [("华远重工集团", "华远重工集团有限公司")]),
        ("Huayuan renewal", [("Huayuan", "华远重工集团有限公司")]),
        ("GLP renewals", [("GLP", "Global Logistics Partners")]),
        ("Initech and GTX 900", [("Initech", "Initech Solutions GmbH"), ("GTX 900", "GTX-900")]),
        ("GTX Pro or gtxpro", [("GTX Pro", "GTXPro"), ("gtxpro", "GTXPro")]),
        ("Hooli's offer", [("Hooli", "Hooli")]),
    ],
)
def test_companies_and_products_are_found_however_they_are_written(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("written", "name", "how"),
    [
        ("Dana Wu", "Dana Wu", "exact"),
        ("dana wu", "Dana Wu", "exact"),
        ("Wu, Dana", "Dana Wu", "exact"),
        ("Wu Dana", "Dana Wu", "exact"),
        ("Dana M. Wu", "Dana Wu", "exact"),
        ("吴丹娜", "Dana Wu", "alias"),
        ("吳丹娜", "Dana Wu", "alias"),
        ("D. Wu", "Dana Wu", "abbreviation"),
        ("Wu Danna", "Dana Wu", "pinyin"),
        ("Danna Wu", "Dana Wu", "pinyin"),
        ("Wu Dan-na", "Dana Wu", "pinyin"),
        ("wudanna", "Dana Wu", "pinyin"),
        ("Dana", "Dana Wu", "given_name"),
        ("吴总", "Dana Wu", "surname_title"),
        ("Ms Wu", "Dana Wu", "surname_title"),
        ("吴女士", "Dana Wu", "surname_title"),
        ("吴丹那", "Dana Wu", "typo"),
        ("李偉", "李伟", "exact"),
        ("李经理", "李伟", "surname_title"),
        ("小李", "李伟", "surname_title"),
        ("欧阳总", "欧阳娜娜", "surname_title"),
        ("娜娜", "欧阳娜娜", "given_name"),
        ("Ouyang Nana", "欧阳娜娜", "pinyin"),
        ("王晓明", "Wang Xiaoming", "pinyin"),
        ("老王", "Wang Xiaoming", "surname_title"),
        ("Wang zong", "Wang Xiaoming", "surname_title"),
        ("Xiaoming", "Wang Xiaoming", "given_name"),
        ("Bob Smith", "Robert Smith", "alias"),
        ("Bob", "Robert Smith", "given_name"),
        ("Mr. Smith", "Robert Smith", "surname_title"),
        ("Smith", "Robert Smith", "partial"),
        ("Robert Smyth", "Robert Smith", "typo"),
        ("J.-C. van der Berg", "Jean-Claude van der Berg", "abbreviation"),
        ("van der Berg", "Jean-Claude van der Berg", "partial"),
        ("Sean O’Brien", "Seán O'Brien", "exact"),
        ("Becker, Tom", "Tom Becker", "exact"),
        ("汤姆", "Tom Becker", "given_name"),
    ],
)
def test_people_are_found_however_they_are_written(written: str, name: str, how: str) -> None:
    for text in (f"We met {written} yesterday.", f"昨天见了{written},很担心"):
        matches = [m for m in INDEX.find(text) if m.matched == written]
        assert matches, text
        assert (matches[0].entry.name, matches[0].how) == (name, how), text


def test_latin_names_are_found_inside_chinese_text_without_spaces() -> None:
    assert found("上次见Dana是什么时候") == [("Dana", "Dana Wu")]
    assert found("ACME和Globex都续约了") == [("ACME", "ACME Corp"), ("Globex", "Globex")]


def test_one_spelling_of_two_people_returns_both() -> None:
    people = {m.entry.name for m in INDEX.find("Li Wei called")}
    assert people == {"李伟", "李薇"}


def test_a_namesake_at_the_account_in_the_text_goes_first() -> None:
    at_acme = INDEX.find("Li Wei of ACME", {"account", "contact"})
    at_huayuan = INDEX.find("华远的 Li Wei", {"account", "contact"})
    assert [m.entry.name for m in at_acme if m.matched == "Li Wei"] == ["李薇", "李伟"]
    assert [m.entry.name for m in at_huayuan if m.matched == "Li Wei"] == ["李伟", "李薇"]


def test_a_title_tells_two_of_one_surname_apart() -> None:
    assert next(m.entry.name for m in INDEX.find("李经理说不行", {"contact"})) == "李伟"
    assert next(m.entry.name for m in INDEX.find("李法务说不行", {"contact"})) == "李薇"


@pytest.mark.parametrize(
    "text",
    [
        "ACMEs are many",
        "Initechnology is big",
        "our target is growth",
        "Will they renew?",
        "they may renew in May",
        "glp renewals",
        "in tech we trust",
        "周总结一下本周总部会议",
        "中国美术馆",
        "two hours: 小时",
        "please smith a plan",
        "Don't wait",
        "the globe is round",
        "John Wu called",
        "Dana Smith-Jones called",
        "Roberta Smithers",
        "李丹娜说不行",
        "mayor",
    ],
)
def test_ordinary_words_and_other_people_are_nobody(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our target is Target", [("Target", "Target Corporation")]),
        ("We met May in June", [("May", "May")]),
        ("We asked Will about it", [("Will", "Will Turner")]),
        ("ask Will's team", [("Will", "Will Turner")]),
    ],
)
def test_names_that_are_words_count_in_capitals(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Globx", "Globex"),
        ("Glboex", "Globex"),
        ("Globexx", "Globex"),
        ("Initec", "Initech Solutions GmbH"),
    ],
)
def test_slips_of_the_pen_are_forgiven(written: str, name: str) -> None:
    matches = INDEX.find(f"status of {written}?")
    assert [(m.entry.name, m.how) for m in matches] == [(name, "typo")]


def test_short_names_are_never_guessed() -> None:
    index = NameIndex([NameEntry("account", 1, "SAP"), NameEntry("contact", 1, "Dana Wu")])
    assert index.find("Sup and Sapp and SAX") == []
    assert [m.score < 0.5 for m in index.find("Dina Wo")] in ([], [True])


def test_longer_names_win_and_spans_do_not_overlap() -> None:
    index = NameIndex(
        [
            NameEntry("account", 1, "Siemens AG"),
            NameEntry("account", 2, "Siemens Energy"),
            NameEntry("account", 3, "华远"),
            NameEntry("account", 4, "华远物流"),
        ]
    )
    assert [m.entry.key for m in index.find("Siemens Energy")] == [2]
    assert [m.entry.key for m in index.find("华远物流和华远")] == [4, 3, 4]
    assert [m.entry.key for m in index.find("Siemens")] == [1, 2]


def test_only_the_kinds_asked_for_are_found() -> None:
    assert found("Dana at ACME", "account") == [("ACME", "ACME Corp")]
    assert found("Dana at ACME", "contact") == [("Dana", "Dana Wu")]


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("ACME Corporation", "ACME Corp"),
        ("acme", "ACME Corp"),
        ("華遠重工股份有限公司", "华远重工集团有限公司"),
        ("华远", "华远重工集团有限公司"),
        ("Globex GmbH", "Globex"),
        ("target", "Target Corporation"),
        ("D. Wu", "Dana Wu"),
        ("WU, DANA", "Dana Wu"),
        ("Wu Danna", "Dana Wu"),
        ("吴总", "Dana Wu"),
        ("Smith", "Robert Smith"),
        ("Robert  Smyth", "Robert Smith"),
        ("will", "Will Turner"),
        ("Initec Solution", "Initech Solutions GmbH"),
        ("王晓明", "Wang Xiaoming"),
    ],
)
def test_a_cell_that_holds_a_name_resolves(cell: str, name: str) -> None:
    best = INDEX.best(cell)
    assert best, cell
    assert best[0].entry.name == name
    assert best[0].span == (0, len(cell.strip()))


@pytest.mark.parametrize("cell", ["", "  ", "nobody here", "Dana Smith", "Wang Xiaolong", "李强"])
def test_a_cell_that_holds_another_name_does_not(cell: str) -> None:
    assert [m for m in INDEX.best(cell) if m.score >= 0.5] == []


def test_scope_leaves_out_contacts_of_other_accounts() -> None:
    assert [m.entry.name for m in INDEX.best("Li Wei", {"contact"}, scope=ACME)] == ["李薇"]
    assert INDEX.best("Dana", {"contact"}, scope=GLOBEX) == []


@pytest.mark.parametrize("entry", BOOK, ids=lambda entry: entry.name)
def test_every_name_finds_itself_first(entry: NameEntry) -> None:
    for name in (entry.name, *entry.aliases):
        first = INDEX.best(name, {entry.kind})[0]
        assert first.entry == entry
        assert first.score >= 0.9


PIECES = (
    "Dana Wu 吴总 吴丹娜 李经理 ACME GTX-900 Pro 华远 , . 's Mr 老王 Will may 周 总 ( ) D. é ﬁ 𠮷"
)
FRAGMENTS = st.lists(st.sampled_from([*PIECES.split(), "\n"]), max_size=12).map(" ".join)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), FRAGMENTS, FRAGMENTS.map(lambda t: t.replace(" ", ""))))
def test_matches_stand_in_the_text_in_order_without_overlap(text: str) -> None:
    matches = INDEX.find(text)
    assert all(text[slice(*m.span)] == m.matched for m in matches)
    assert all(0 < m.score <= 1 for m in matches)
    spans = list(dict.fromkeys(m.span for m in matches))
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert matches == INDEX.find(text)


def test_an_ordinary_word_that_sounds_like_somebody_names_nobody() -> None:
    index = NameIndex([NameEntry("contact", 1, "李静", ("Li Jing",), scope=1)])
    assert not index.find("一个客户经理带几个重点客户合适?")
    assert not index.find("她的经历很丰富")
    assert index.find("昨天见了李菁")[0].entry.key == 1


def test_a_degree_on_record_tells_its_holder_from_a_namesake() -> None:
    index = NameIndex(
        [
            NameEntry("contact", 1, "Dr. Petra Vogel", scope=1),
            NameEntry("contact", 2, "Peter Vogel", scope=2),
            NameEntry("contact", 3, "Olaf Brun", ("Prof. Brun",), scope=2),
            NameEntry("contact", 4, "Inge Brun", scope=1),
        ]
    )

    def meant(text: str) -> set[int]:
        return {match.entry.key for match in likeliest(index.find(text))}

    assert meant("When do I see Dr. Vogel?") == {1}
    assert meant("When do I see Ms Vogel?") == {1, 2}
    assert meant("Call Prof. Brun") == {3}
    assert meant("Call Dr. Brun") == {3, 4}


LATIN = st.text(alphabet="bdfgklmnprstvz", min_size=2, max_size=4)
NAME = st.builds(lambda a, b: f"{a}o{b}a".title(), LATIN, LATIN)
HAN_NAME = st.text(alphabet="鑫湾辰曜珩璟玥骏骁霆", min_size=3, max_size=4).map(
    lambda n: f"吴{n[:2]}"
)


@settings(deadline=None, max_examples=60)
@given(first=NAME, last=NAME, company=NAME, chinese=HAN_NAME)
def test_names_nobody_has_seen_are_found(first: str, last: str, company: str, chinese: str) -> None:
    index = NameIndex(
        [
            NameEntry("account", 1, f"{company} Systems Ltd"),
            NameEntry("contact", 1, f"{first} {last}", scope=1),
            NameEntry("contact", 2, chinese, scope=1),
        ]
    )
    text = f"Met {first} {last} and {chinese} of {company} Systems"
    assert {(m.entry.kind, m.entry.key) for m in index.find(text) if m.score >= 0.9} >= {
        ("account", 1),
        ("contact", 1),
        ("contact", 2),
    }
    assert index.best(f"{last}, {first}")[0].entry.key == 1
    assert index.best(f"{first[0]}. {last}", {"contact"})[0].entry.key == 1


def test_names_are_found_among_five_thousand() -> None:
    chance = random.Random(7)
    sounds = "glo bex ini tech umb rel la vor cy ber dyn so len tro nix qua zar pol mer cad"
    syllables = sounds.split()
    chinese = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚"

    def word() -> str:
        return "".join(chance.sample(syllables, 3)).title()

    entries = [NameEntry("account", n, f"{word()} Systems Ltd") for n in range(800)]
    entries += [NameEntry("contact", n, f"{word()} {word()}", scope=n % 800) for n in range(2100)]
    entries += [
        NameEntry("contact", 5000 + n, "王李张刘陈"[n % 5] + "".join(chance.sample(chinese, 2)))
        for n in range(2100)
    ]
    index = NameIndex(entries)
    asked = {
        f"Who at {entries[3].name} knows {entries[900].name}, and when did we last meet?": 3,
        f"{entries[4000].name}和王总上次见面说了什么?": 4000,
        f"status of {entries[5].name[:-6]}x please": 5,
    }
    for text, wanted in asked.items():
        assert entries[wanted] in [found.entry for found in index.find(text)], text

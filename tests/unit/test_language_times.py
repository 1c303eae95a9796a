"""Times of the day, days of the week and zones, as people set a digest up."""

from __future__ import annotations

from datetime import time

import pytest

from kam_knowledge.language.times import EVERY_DAY, WORKDAYS, time_of_day, weekdays, zone_named
from prompts import load

ZONES = load("understanding/time_zones.yaml")


@pytest.mark.parametrize(
    ("text", "days", "at", "zone"),
    [
        ("Weekly digest Mondays 8:30 Shanghai, DM, tier 1 only.", (0,), "08:30", "Asia/Shanghai"),
        ("Weekly digest every Monday 8 am London time", (0,), "08:00", "Europe/London"),
        ("Send me the digest every Friday afternoon", (4,), "14:00", None),
        ("Change the digest time to 7:45", (), "07:45", None),
        ("Can my digest come at seven instead?", (), "07:00", None),
        ("Daily digest at 7:00 Berlin time by DM", EVERY_DAY, "07:00", "Europe/Berlin"),
        ("digest mondays 0830 dm tier 1", (0,), "08:30", None),
        ("in New York at 5 pm on tuesdays and thursdays", (1, 3), "17:00", "America/New_York"),
        ("every weekday at 12 am, America/Sao_Paulo", WORKDAYS, "00:00", "America/Sao_Paulo"),
        ("half past nine on Sundays", (6,), "09:30", None),
        ("每周一 8:30 私信,只看一级客户。", (0,), "08:30", None),
        ("周一上午八点半推送，仅大客户", (0,), "08:30", None),
        ("每周五下午给我发摘要", (4,), "14:00", None),
        ("每天晚上8点，北京时间", EVERY_DAY, "20:00", "Asia/Shanghai"),
        ("星期三下午3:15，柏林", (2,), "15:15", "Europe/Berlin"),
        ("Only tier 1 accounts in my digest", (), None, None),
        ("Pause my digest for 2 weeks", (), None, None),
    ],
)
def test_what_a_message_says_of_days_times_and_zones(
    text: str, days: tuple[int, ...], at: str | None, zone: str | None
) -> None:
    assert weekdays(text) == days
    assert time_of_day(text) == (time.fromisoformat(at) if at else None)
    assert zone_named(text, ZONES) == zone

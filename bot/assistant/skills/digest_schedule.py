"""The weekly digest set up, paused and resumed by message; each a proposal until its yes.

The schedule is a row of `kam_knowledge.schedules`; whoever delivers by it adds where to.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.proposing import proposed
from bot.assistant.understanding.request import Request
from kam_knowledge import schedules
from kam_knowledge.clock import Clock
from kam_knowledge.language.times import EVERY_DAY, WORKDAYS, time_of_day, weekdays, zone_named
from kam_knowledge.schedules import Weekly
from prompts import load

if TYPE_CHECKING:
    from bot.assistant.skills.writing import Desk

KIND = "digest"
"""The kind of schedule, and of the proposals that set it."""
USUAL_DAYS, USUAL_TIME = (0,), time(8, 30)


def digest_key(person_id: int) -> str:
    """The key of somebody's schedule."""
    return f"{KIND}:{person_id}"


def digest_setup(context: SkillContext, request: Request, desk: Desk) -> Reply:
    """Proposes when the digest comes; or says when it does."""
    composer = Composer("digest_schedule", request.language)
    what = request.slots.get("what")
    kept = _kept(context)
    if what in ("channel", "alert"):
        composer.plain("no_channel" if what == "channel" else "no_alerts")
        return composer.reply(Outcome.UNKNOWN, looked_at=[composer.text("looked")])
    if what == "when":
        return _told(composer, kept)
    before = Weekly.of_json(kept["rule"]) if kept else None
    days = weekdays(request.text) or (before.days if before else USUAL_DAYS)
    at = time_of_day(request.text) or (before.at if before else USUAL_TIME)
    zone = _zone(context, request, before)
    if zone is None:
        composer.plain("which_zone", time=at.isoformat("minutes"))
        return composer.reply(Outcome.CLARIFY)
    rule = Weekly(days, at, zone)
    payload = dict(kept["payload"]) if kept else {}
    payload["person"] = context.rights.viewer.person_id
    if tier := request.slots.get("tier"):
        payload["tier"] = int(tier)
    return _proposed(context, composer, desk, "set", rule, payload, rule.next_after(Clock.now()))


def digest_pause(context: SkillContext, request: Request, desk: Desk) -> Reply:
    """Proposes that no digest comes, until a day or until it is resumed; or that it comes again."""
    composer = Composer("digest_schedule", request.language)
    kept = _kept(context)
    if kept is None:
        return _told(composer, None)
    rule, payload = Weekly.of_json(kept["rule"]), dict(kept["payload"])
    until = _until(context, request)
    if request.slots.get("what") == "resume" and until is None:
        at = rule.next_after(Clock.now())
        return _proposed(context, composer, desk, "resumed", rule, payload, at)
    if until is None:
        at = datetime.fromisoformat(kept["next"])
        return _proposed(context, composer, desk, "paused", rule, payload, at, on=False)
    begins = datetime.combine(until, time(), ZoneInfo(rule.zone)).astimezone(UTC)
    at = rule.next_after(max(Clock.now(), begins - timedelta(seconds=1)))
    return _proposed(context, composer, desk, "paused_until", rule, payload, at, until=until)


def _proposed(
    context: SkillContext,
    composer: Composer,
    desk: Desk,
    key: str,
    rule: Weekly,
    payload: dict[str, Any],
    at: datetime,
    *,
    on: bool = True,
    until: date | None = None,
) -> Reply:
    person = context.rights.viewer.person_id
    assert person is not None, "nobody outside gets this far"
    summary = composer.text(key, **_words(composer, rule, payload, at), until=until)
    after = {
        "kind": KIND,
        "rule": rule.as_json(),
        "payload": payload,
        "on": on,
        "next": at.isoformat(),
    }
    composer.plain("ask", summary=summary)
    more = {"schedule": {"key": digest_key(person), "after": after}}
    return proposed(context, composer, desk, KIND, summary, [], more=more)


def _told(composer: Composer, kept: dict[str, Any] | None) -> Reply:
    """When the digest comes, as it is set."""
    looked = [composer.text("looked")]
    if kept is None:
        composer.plain("none_set")
        return composer.reply(Outcome.UNKNOWN, looked_at=looked)
    rule, at = Weekly.of_json(kept["rule"]), datetime.fromisoformat(kept["next"])
    composer.plain(
        "as_set" if kept["on"] else "rests", **_words(composer, rule, kept["payload"], at)
    )
    return composer.reply(Outcome.ANSWERED, looked_at=looked)


def _words(
    composer: Composer, rule: Weekly, payload: dict[str, Any], at: datetime
) -> dict[str, object]:
    tier = payload.get("tier")
    if rule.days in (EVERY_DAY, WORKDAYS):
        days = composer.text("every_day" if rule.days == EVERY_DAY else "workdays")
    else:
        named = [composer.text(f"day_{day}") for day in rule.days]
        days = composer.text("and").join(named)
    return {
        "days": days,
        "time": rule.at.isoformat("minutes"),
        "zone": rule.zone,
        "tier": composer.text("only_tier", n=tier) if tier else "",
        "date": at.astimezone(ZoneInfo(rule.zone)).date(),
    }


def _kept(context: SkillContext) -> dict[str, Any] | None:
    person = context.rights.viewer.person_id
    return None if person is None else schedules.standing(context.session, digest_key(person))


def _zone(context: SkillContext, request: Request, before: Weekly | None) -> str | None:
    """The zone that is named, else the one set before, else where the asker lives."""
    named = zone_named(request.text, load("understanding/time_zones.yaml"))
    if named or before:
        return named or (before.zone if before else None)
    asker = context.records.people.get(context.rights.viewer.person_id or 0)
    if asker is not None and asker.time_zone:
        return asker.time_zone
    return getattr(context.clock.moment.tzinfo, "key", None)


def _until(context: SkillContext, request: Request) -> date | None:
    """The first day on which it may come again; None where no day is said."""
    today = context.clock.today
    if request.since and request.until and today < request.since < request.until:
        return request.until + timedelta(days=1)  # not in these days: "no digest next week"
    if day := request.until or request.since:
        return day
    days = int(request.slots.get("days") or 0)
    return today + timedelta(days=days) if days else None

"""A write that was asked for in words, as a proposal: what it changes, and how to say yes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.note_taking import proposal_json
from bot.assistant.reply import Outcome, Reply
from kam_knowledge.changes import proposals
from kam_knowledge.changes.ledger import to_json
from kam_knowledge.changes.proposals import FieldChange
from kam_knowledge.clock import Clock
from kam_knowledge.queries.sources import Source
from kam_knowledge.store.base import BusinessRow

if TYPE_CHECKING:
    from bot.assistant.skills.writing import Desk


def field_change(context: SkillContext, row: BusinessRow, name: str, value: Any) -> FieldChange:
    """One field of a row, as it is and as it would be."""
    before, after = to_json(getattr(row, name)), to_json(value)
    return FieldChange(row.__tablename__, row.id, context.records.key(row), name, before, after)


def proposed(
    context: SkillContext,
    composer: Composer,
    desk: Desk,
    kind: str,
    summary: str,
    changes: Sequence[FieldChange],
    *,
    sources: Iterable[Source] = (),
    more: Mapping[str, Any] | None = None,
    account_ids: Sequence[int] = (),
    people: Iterable[str] = (),
) -> Reply:
    """Proposes it below what the composer has said, with the record it would change as source."""
    person = context.rights.viewer.person_id
    assert person is not None, "nobody outside gets this far"
    proposal = proposals.propose(
        context.session,
        person_id=person,
        kind=kind,
        summary=summary,
        changes=changes,
        now=Clock.now(),
        thread_id=desk.thread_id,
        more={"language": composer.language, **(more or {})},
    )
    found = list(sources)
    if found:
        composer.claim("proposal", found, summary=summary)
    composer.plain("say_yes", id=proposal.key)
    reply = composer.reply(
        Outcome.PROPOSED,
        accounts=[context.records.accounts[key].name for key in account_ids],
        people=people,
        focus={"account_ids": list(account_ids)},
    )
    return replace(reply, proposal=proposal_json(proposal))

"""What one may ask next, where the skill itself has nothing better to suggest."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.reply import Outcome, Reply

SHOWN = 3
_OF_PERSON = {
    "person_status": "person_status",
    "last_contact": "person_contact",
    "who_knows": "who_knows",
}
_OF_ACCOUNT = ("commitments", "stakeholders", "last_contact", "renewals")


def next_questions(intent: str, reply: Reply) -> tuple[str, ...]:
    """Questions about the person or the account of an answer, without the one just answered.

    An answer about several accounts leads on to the first two: the most pressing come first.
    """
    if reply.outcome is not Outcome.ANSWERED:
        return ()
    composer = Composer("next_questions", reply.language)
    found: list[str] = []
    if len(reply.accounts) > 1:
        found += [composer.text("next_account_brief", account=one) for one in reply.accounts[:2]]
    elif reply.people:
        keys = [key for name, key in _OF_PERSON.items() if name != intent]
        found += [composer.text(f"next_{key}", person=reply.people[0]) for key in keys[:2]]
    if len(reply.accounts) == 1:
        keys = [name for name in _OF_ACCOUNT if name != intent]
        found += [composer.text(f"next_{key}", account=reply.accounts[0]) for key in keys]
    return tuple(found[:SHOWN])

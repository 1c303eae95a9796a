"""Whether a question asks after a promise by its subject: "has the audit summary gone out?".

The words of the book's own promises decide, not a list of things that can be promised: what is
asked for is known only from what was promised.
"""

from __future__ import annotations

from collections.abc import Collection

from bot.assistant.understanding.cues import cues, longest, phrases, plain
from bot.assistant.understanding.hearing import Heard
from kam_knowledge.language.glossary import Glossary
from kam_knowledge.language.normalise import fold
from kam_knowledge.language.tokens import query_tokens, tokens
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Action

OPEN_TO = frozenset(
    {
        "account_brief", "complaints", "handover", "help", "last_contact", "log_note", "mark_done",
        "methodology", "my_day", "person_status", "receivables", "renewals", "reschedule",
        "said_about", "whitespace",
    }
)  # fmt: skip
"""Intents that such a question is easily taken for."""
WRITES = frozenset({"log_note", "mark_done", "reschedule"})
"""Of these those that a statement has: "the sheet is sent" reports it done."""
ENOUGH, STRONGLY = 0.35, 0.5
"""How much of a promise's own words the question must have; and where it says nothing of handing
over, because no intent was likely, or is likely to mean something else."""


def asks_after_a_promise(
    name: str,
    heard: Heard,
    terms: Collection[str],
    records: Records,
    accounts: Collection[int],
    *,
    sure: bool,
) -> bool:
    """Whether the message asks if something was handed over that a promise on record names.

    `sure` says whether the intent is likely by itself; one that is not gives way to any promise
    that the question names well.
    """
    folded = plain(heard.text)
    likely = name in OPEN_TO
    if name == "commitments" or ((name in WRITES or not sure) and not _asks(folded)):
        return False
    handed = longest(folded, phrases(cues()["handed_over"]))
    if not handed and (not likely or (sure and name not in WRITES)):
        return False
    idle = {token for phrase in phrases(cues()["promise_idle"]) for token in tokens(phrase)}
    wanted = {term for term in terms if term not in idle}
    names = {token for one in heard.named for token in tokens(fold(one.matched))}
    translated = Glossary.load().translate_terms(heard.text)
    meant = [target for term in translated for target in term.targets if len(target) > 3]
    if not wanted and not meant:
        return False
    enough = ENOUGH if handed and likely else STRONGLY
    rows = records.all(Action, account_ids=accounts or None)
    if not likely:
        return any(_named(row.action, wanted, names, (), enough, alone=False) for row in rows)
    alone = bool(handed and accounts)
    return any(_named(row.action, wanted, names, meant, enough, alone=alone) for row in rows)


def _asks(folded: str) -> bool:
    return bool(longest(folded, phrases(cues()["asks_whether"])))


def _named(
    action: str,
    wanted: Collection[str],
    names: Collection[str],
    meant: Collection[str],
    enough: float,
    *,
    alone: bool,
) -> bool:
    """Whether the promise is the one asked after; `alone`: one word of it will do, where the
    question, which names the account, has no other."""
    own = {token for token in query_tokens(action) if token not in names}
    both = own & set(wanted)
    if len(both) >= 2 and len(both) >= enough * min(len(own), 2 * len(set(wanted))):
        return True
    if alone and both and both == set(wanted):
        return True
    body = fold(action).replace("-", " ")
    return any(" " in phrase and fold(phrase) in body for phrase in meant)

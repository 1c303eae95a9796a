"""The one place every reply passes before it goes out, whichever brain or writer made it."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.assistant.grounding import ground
from bot.assistant.reply import Outcome, Reply
from kam_knowledge.language.names import NameIndex
from prompts import replies

_LOG = logging.getLogger(__name__)


def held(reply: Reply, names: NameIndex) -> Reply | None:
    """The reply without what its sources do not bear out; None where nothing of it is left.

    An answer of a model must also state something: without a source it has said nothing.
    """
    grounded = ground(reply, names)
    if grounded.dropped:
        # How many, never what: the log is read by people who may not see the account.
        _LOG.info(
            "dropped %d sentences of the %s brain that their sources do not bear out",
            len(grounded.dropped),
            reply.brain,
        )
    kept = grounded.reply
    if not kept.markdown.strip() or (grounded.dropped and not grounded.states_something):
        return None
    if reply.brain != "built-in" and not grounded.states_something:
        return None
    return kept


def withheld(reply: Reply) -> Reply:
    """What goes out in the place of a built-in answer of which nothing is left."""
    said = replies("grounding")["nothing_left"][reply.language]
    return replace(
        reply,
        markdown=said,
        outcome=Outcome.UNKNOWN,
        citations=(),
        looked_at=tuple(dict.fromkeys(one.source.where for one in reply.citations)),
        suggestions=(),
        proposal=None,
        plain=(said,),
        pictures=(),
    )

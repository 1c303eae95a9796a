"""What a proposal offers besides, to be ticked: only what is ticked is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from kam_knowledge.changes import proposals
from kam_knowledge.store.models import Proposal


def tick(session: Session, proposal: Proposal, numbers: Collection[int]) -> bool:
    """These of its offers are to be written, and no others; False where it no longer waits."""
    offered = [
        {**one, "ticked": number in numbers}
        for number, one in enumerate(proposal.payload.get("offers", ()))
    ]
    return proposals.rewrite(session, proposal, chosen(proposal.payload, offered))


def chosen(payload: Mapping[str, Any], offered: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The payload in which the ticked offers are what is written (`Offer.as_payload`)."""
    ticked = [one for one in offered if one["ticked"]]
    changed = [one for one in ticked if not one.get("table")]
    return {
        **payload,
        "offers": [dict(one) for one in offered],
        "changes": [
            change for one in changed for change in (one["change"], *one.get("besides", ()))
        ],
        "creates": [
            {"table": one["table"], "values": one["change"]} for one in ticked if one.get("table")
        ],
    }

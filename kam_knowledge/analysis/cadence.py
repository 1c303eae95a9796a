"""How often to be in touch, by the account's class and the person's role (P-2)."""

from __future__ import annotations

KEY_DECIDERS = frozenset({"decision_maker", "economic_buyer", "champion"})


def cadence_days(account_class: str | None, decision_role: str | None) -> int | None:
    """Days between two-way contacts that house practice asks for; None where none applies.

    Contacts without a role never alert; prospects only with an open deal, which the caller
    knows (P-2).
    """
    if not decision_role:
        return None
    if account_class == "key":
        return 30 if decision_role in KEY_DECIDERS else 60
    if account_class == "ordinary":
        return 90
    return None

"""One file a capability. A skill is the only way from a brain to knowledge.

A skill takes the turn's context (session, rights, clock) and the understood request, and gives
a Reply. `REGISTRY` names each by the intent it answers.
"""

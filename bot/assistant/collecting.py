"""The pace of Python's garbage collector, for a process that holds a book's names.

The names, the intents and the method are some hundred thousand objects that stay. With Python's
own settings the collector walks through all of them several times a question, because an answer
over many accounts makes thousands of rows: up to 0.4 s each time, in the middle of an answer.
"""

from __future__ import annotations

import gc

YOUNG = 50_000
"""Objects more than were let go of before the collector looks at the youngest."""
ROUNDS = (20, 50)
"""How many such looks go before one at those that outlived one, and at all."""


def keep_what_is_there() -> None:
    """What is in memory now is here to stay: the collector passes over it from now on.

    To be called after something large and lasting was built. What only refers to itself in a
    circle and was let go of before is collected first, as far as it is young.
    """
    gc.set_threshold(YOUNG, *ROUNDS)
    gc.collect(1)
    gc.freeze()

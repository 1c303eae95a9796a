"""What a contract's dates and its free-text status say together: whether it runs, and whether
notice was given."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from kam_knowledge.language.normalise import fold
from kam_knowledge.store.models import Contract

# Latin words stand between spaces: "extended" is not "ended".
_NOTICE_GIVEN = (
    *(" notice given ", " terminated ", " cancelled ", " canceled "),
    *("终止", "解约", "不续"),
)
_ENDED = (" lost ", " ended ", " expired ", " closed ", "已到期", "已结束")


def notice_is_given(contract: Contract) -> bool:
    """Whether its status says that one side gave notice; it may still run to its end."""
    return _says(contract, _NOTICE_GIVEN)


def is_running(contract: Contract, today: date) -> bool:
    """Whether it is in force that day: to its end, whatever notice was given; a contract with no
    end until its status says that it is over."""
    if contract.end is None:
        return not (_says(contract, _ENDED) or notice_is_given(contract))
    return contract.end >= today and not _says(contract, _ENDED)


def _says(contract: Contract, words: tuple[str, ...]) -> bool:
    return bool(contract.status) and _holds(str(contract.status), words)


@lru_cache(maxsize=1_000)
def _holds(status: str, words: tuple[str, ...]) -> bool:
    written = f" {fold(status).replace('_', ' ')} "
    return any(word in written for word in words)

"""What has to be found out about a model of text, and is kept so that it is found out once."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kam_knowledge.search.embeddings import Embedder

_SAME_MEANING = (
    ("客户打算延长合同", "续约意向明确"),
    ("他们觉得报价太高", "对方嫌贵"),
    ("交货又晚了两周", "物流再次延误"),
    ("新任财务总监上任", "CFO 换人了"),
    ("系统经常崩溃", "软件不稳定"),
    ("竞争对手也在投标", "另一家供应商参与竞标"),
    ("下周二开会", "会议安排在星期二"),
    ("预算被削减一半", "经费大幅减少"),
)


def reads_chinese(embedder: Embedder) -> bool:
    """Whether the model finds, of eight Chinese sentences, those that say the same (most of them).

    A trial instead of a list of names: it holds for any model that anybody configures.
    """
    import numpy as np

    questions = np.stack([embedder.embed_query(one) for one, _ in _SAME_MEANING])
    answers = embedder.embed_passages([other for _, other in _SAME_MEANING])
    nearest = (questions @ answers.T).argmax(axis=1)
    return int((nearest == np.arange(len(_SAME_MEANING))).sum()) >= 6


def trait(embedder: Embedder, cache: Path, name: str, find: Callable[[], object]) -> Any:
    """What was found out about a model, kept in the cache so that it is found out once."""
    path = cache / f"model-{re.sub(r'[^A-Za-z0-9.]+', '-', embedder.model_id)}.json"
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    if not isinstance(known, dict) or known.get("model") != embedder.model_id:
        known = {"model": embedder.model_id}
    if name not in known:
        known[name] = find()
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        partial.write_text(json.dumps(known), encoding="utf-8")
        partial.replace(path)
    return known[name]

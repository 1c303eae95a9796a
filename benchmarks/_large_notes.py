"""Seeded notes over the accounts of the large book, with their passages and vectors."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np
from _large_book import Customer
from _words import vocabulary
from numpy.typing import NDArray
from sqlalchemy import insert, text

from kam_knowledge.language.tokens import tokens
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Interaction, Note, Passage, PassageVector

PER_NOTE = 5
TOPICS = ("migration cost", "delivery time", "spare parts", "data residency", "price increase")
TOPICS_ZH = ("迁移成本", "交货周期", "备件供应", "数据本地化", "价格上涨")
SAID_ZH = (
    "{name}担心{topic},希望月底前看到方案。",
    "我们答应下周把{topic}的测算发给{name}。",
    "关于{topic},客户认为比去年有进步。",
    "{name}说今年预算没有批,{topic}要再谈一次。",
)
SAID = (
    "{name} worries about the {topic} and wants to see a plan before the month ends.",
    "We promised {name} the calculation of the {topic} by next week.",
    "On {topic} they see progress since last year.",
    "{name} said that the budget is not approved, so the {topic} will be discussed again.",
)


def write_notes(
    store: Store, customers: list[Customer], passages: int, today: date, model_id: str, width: int
) -> list[str]:
    """Notes of five passages each over all the accounts, with seeded vectors; some of the texts."""
    chance, numbers = random.Random(7), np.random.default_rng(7)
    words = vocabulary(chance)
    weights = np.cumsum([1 / (rank + 2) for rank in range(len(words))]).tolist()
    centres = numbers.normal(size=(300, width)).astype(np.float32)
    now, kept, made = datetime.now(UTC), list[str](), 0
    while made < passages:
        notes, touched, pieces, vectors = [], [], [], []
        for key in range(made // PER_NOTE + 1, min(made + 5_000, passages) // PER_NOTE + 1):
            one = customers[key % len(customers)]
            met = chance.sample(one.contacts, 2)
            day = today - timedelta(days=key % 700)
            kind = chance.choice(("meeting", "call", "email", "chat"))
            title = f"{'会议' if one.chinese else 'Meeting'} {key}"
            bodies = [_body(one, met, chance, words, weights) for _ in range(PER_NOTE)]
            language = "zh" if one.chinese else "en"
            notes.append(
                {
                    "id": key, "key": f"note-{key}", "account_id": one.id, "kind": kind,
                    "date": day, "title": title, "visibility": "open" if key % 3 else "team",
                    "language": language, "text": "\n\n".join(bodies), "content_hash": f"{key}",
                    "origin": "file", "format": "text", "inferred": {}, "removed": False,
                    "recorded_at": now, "updated_at": now, "author_id": one.owner_id,
                }
            )  # fmt: skip
            touched.append(
                {
                    "note_id": key, "account_id": one.id, "date": day, "kind": kind,
                    "contact_ids": [contact for contact, _ in met],
                    "person_ids": [one.owner_id], "unknown_names": [], "assumed": False,
                    "mass": False,
                }
            )  # fmt: skip
            for ordinal, body in enumerate(bodies):
                context = f"{one.name} · {title} · {day}"
                found = tokens(f"{context}\n{body}")
                pieces.append(
                    {
                        "note_id": key, "method_key": None, "ordinal": ordinal,
                        "language": language, "title": title, "heading": "", "context": context,
                        "text": body, "tokens": " ".join(found), "length": len(found),
                        "content_hash": f"{key}-{ordinal}",
                    }
                )  # fmt: skip
                vector = centres[key % len(centres)] + numbers.normal(size=width)
                vector /= np.linalg.norm(vector)
                vectors.append(
                    {
                        "content_hash": f"{key}-{ordinal}",
                        "model_id": model_id,
                        "vector": vector.astype("<f2").tobytes(),
                    }
                )
            kept += bodies[:1] if len(kept) < 500 else []
        with store.write() as session:
            session.execute(insert(Note), notes)
            session.execute(insert(Interaction), touched)
            session.execute(insert(Passage), pieces)
            session.execute(insert(PassageVector), vectors)
        made += len(pieces)
    return kept


def stored_vectors(store: Store) -> Iterator[tuple[list[int], list[NDArray[np.float32]]]]:
    """Batches of ids and vectors out of SQL, as a rebuild of the index reads them."""
    with store.read() as session:
        result = session.execute(
            text(
                "SELECT p.id, v.vector FROM passages p JOIN passage_vectors v "
                "ON v.content_hash = p.content_hash ORDER BY p.id"
            )
        )
        for part in result.partitions(5_000):
            yield (
                [row[0] for row in part],
                [np.frombuffer(row[1], dtype="<f2").astype(np.float32) for row in part],
            )


def _body(
    one: Customer,
    met: list[tuple[int, str]],
    chance: random.Random,
    words: list[str],
    weights: list[float],
) -> str:
    """A paragraph: filler, and between it a sentence that names somebody and a topic."""
    said, topics = (SAID_ZH, TOPICS_ZH) if one.chinese else (SAID, TOPICS)
    told = chance.choice(said).format(name=chance.choice(met)[1], topic=chance.choice(topics))
    filler = " ".join(chance.choices(words, cum_weights=weights, k=45)).capitalize()
    return f"{told} {filler}."

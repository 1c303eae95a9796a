"""How well search finds: the product's own ranking beside three plain ones, on any folder.

A folder holds corpus.jsonl ({"_id", "text", …}), queries.jsonl ({"_id", "text"}) and qrels.tsv
(query, passage, relevance; with or without a header). A corpus row may also hold `title`,
`account`, `date` and `heading`, which are put in front of its text as the product does, and
`note`, `meeting_id` or `doc_id`, the note it is a passage of; else what stands before "#" in its
id is the note.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import log2
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kam_knowledge.errors import UsageError
from kam_knowledge.language.glossary import Glossary
from kam_knowledge.language.normalise import HAN, has_han
from kam_knowledge.language.tokens import tokens
from kam_knowledge.search.bm25 import BM25Index, Statistics
from kam_knowledge.search.candidates import Candidate
from kam_knowledge.search.question import Human, Question, understand
from kam_knowledge.search.ranking import rank
from kam_knowledge.search.vectors import exact_cosine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kam_knowledge.search.embeddings import Embedder

    Vector = NDArray[np.float32]

DEPTH = 10
RRF = 60
_NOTE_KEYS = ("note", "meeting_id", "doc_id")
_WORDS = re.compile(rf"[{HAN}]+|[^\W{HAN}]+")


@dataclass(frozen=True)
class Quality:
    """Means over the queries: nDCG@10 and recall@10, and the reciprocal rank of the first hit."""

    ndcg: float
    recall: float
    mrr: float


@dataclass(frozen=True)
class RetrievalReport:
    """What four rankings reach on one folder, with one embedding model."""

    folder: str
    model: str
    passages: int
    queries: int
    vectors: Quality
    bm25: Quality
    fusion: Quality
    """Naive: reciprocal rank fusion of the two, k = 60."""
    ours: Quality

    @property
    def gain(self) -> float:
        """Our nDCG@10 as a multiple of the best of the three."""
        best = max(self.vectors.ndcg, self.bm25.ndcg, self.fusion.ndcg)
        return self.ours.ndcg / best if best else 0.0

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {**asdict(self), "gain": self.gain}


@dataclass(frozen=True)
class Judged:
    """A folder, read: passages, queries by id, and what was judged relevant to each."""

    rows: Sequence[Mapping[str, Any]]
    queries: Mapping[str, str]
    relevance: Mapping[str, Mapping[str, float]]


def evaluate(folder: Path, embedder: Embedder) -> RetrievalReport:
    """Every judged query of the folder through the four rankings.

    Raises UsageError when a file is missing or is not what it should be.
    """
    import numpy as np

    collection = read(folder)
    source = _Memory(collection.rows, embedder)
    # The plain rankings read title and text, as is usual; ours also what the product adds.
    bare = [f"{row.get('title') or ''}\n{row['text']}".strip() for row in collection.rows]
    plain = BM25Index([words(text) for text in bare])
    matrix = source.matrix if bare == source.texts else embedder.embed_passages(bare)
    glossary = Glossary.load()
    found: dict[str, list[Quality]] = {name: [] for name in ("vectors", "bm25", "fusion", "ours")}
    keys = [str(row["_id"]) for row in collection.rows]
    for query, relevant in collection.relevance.items():
        text = collection.queries[query]
        vector = embedder.embed_query(text)
        near = exact_cosine(vector, matrix)
        lexical = plain.scores(words(text))
        orders = {
            "vectors": _order(near),
            "bm25": _order(lexical),
            "fusion": _order(_reciprocal(near) + _reciprocal(lexical)),
        }
        question = understand(text, glossary=glossary)
        votes = embedder.multilingual or question.language != "zh"
        ours = rank(question, vector if votes else None, source)
        orders["ours"] = np.array([hit.id for hit in ours], dtype=np.int64)
        for name, order in orders.items():
            found[name].append(quality([keys[i] for i in order], relevant))
    return RetrievalReport(
        folder=str(folder),
        model=embedder.model_id,
        passages=len(keys),
        queries=len(collection.relevance),
        **{name: _mean(of) for name, of in found.items()},
    )


def quality(ranking: Sequence[str], relevant: Mapping[str, float]) -> Quality:
    """One query's figures; `relevant` holds what was judged relevant, with gains above 0."""
    gains = sorted(relevant.values(), reverse=True)
    ideal = sum(gain / log2(place + 2) for place, gain in enumerate(gains[:DEPTH]))
    reached = sum(
        relevant.get(key, 0.0) / log2(place + 2) for place, key in enumerate(ranking[:DEPTH])
    )
    hits = sum(key in relevant for key in ranking[:DEPTH])
    first = next((1 / (place + 1) for place, key in enumerate(ranking) if key in relevant), 0.0)
    return Quality(reached / ideal, hits / len(relevant), first)


def words(text: str) -> list[str]:
    """The words of the plain ranking: case folded, Chinese cut by its dictionary, no more."""
    import rjieba

    found: list[str] = []
    for run in _WORDS.findall(text.casefold()):
        found += rjieba.cut(run) if has_han(run) else [run]
    return found


def read(folder: Path) -> Judged:
    """The folder's three files. Raises UsageError when one is missing or is not as it should be."""
    rows = list(_lines(folder / "corpus.jsonl"))
    queries = {str(row["_id"]): str(row["text"]) for row in _lines(folder / "queries.jsonl")}
    known = {str(row["_id"]) for row in rows}
    relevance: dict[str, dict[str, float]] = {}
    path = folder / "qrels.tsv"
    for number, line in enumerate(_text(path).splitlines(), start=1):
        cells = line.split("\t") if "\t" in line else line.split()
        if not cells or (number == 1 and cells[0] in ("query-id", "query_id", "qid", "query")):
            continue
        if len(cells) == 4:  # TREC's form has an unused second column
            del cells[1]
        try:
            query, passage, gain = cells[0].strip(), cells[1].strip(), float(cells[2])
        except (IndexError, ValueError) as error:
            raise UsageError(
                f"{path}:{number}: not a judgement: {line[:80]!r}.",
                "A line is query, passage and relevance, with tabs between.",
            ) from error
        if query not in queries or passage not in known:
            missing = query if query not in queries else passage
            raise UsageError(f"{path}:{number}: {missing!r} is in neither file.", "")
        if gain > 0:
            relevance.setdefault(query, {})[passage] = gain
    if not relevance:
        raise UsageError(f"{path} holds no judgement above 0.", "")
    return Judged(rows, queries, relevance)


class _Memory:
    """The folder's passages as a source of the product's ranking."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], embedder: Embedder) -> None:
        self.texts = [_with_context(row) for row in rows]
        self.matrix = embedder.embed_passages(self.texts)
        self._multilingual = embedder.multilingual
        tokenised = [tokens(text) for text in self.texts]
        self._index = BM25Index(tokenised)
        self._candidates: list[Candidate] = []
        ordinals: dict[str, int] = {}
        for number, row in enumerate(rows):
            note = _note(row)
            ordinals[note] = ordinals.get(note, -1) + 1
            self._candidates.append(
                Candidate(
                    id=number,
                    note=note,
                    ordinal=ordinals[note],
                    tokens=" ".join(tokenised[number]),
                    length=len(tokenised[number]),
                    language="zh" if _is_chinese(str(row["text"])) else "en",
                )
            )
        self._at = {(c.note, c.ordinal): c for c in self._candidates}

    def statistics(self, question: Question) -> Statistics:
        return self._index.statistics(question.tokens)

    def by_words(self, question: Question, statistics: Statistics, k: int) -> list[Candidate]:
        scores = self._index.scores(question.tokens)
        return [self._candidates[i] for i in _order(scores)[: 10 * k] if scores[i] > 0]

    def by_vector(self, vector: Vector, k: int) -> list[Candidate]:
        order = _order(exact_cosine(vector, self.matrix))
        readable = (i for i in order if self._reads(self._candidates[i]))
        return [self._candidates[i] for i, _ in zip(readable, range(k), strict=False)]

    def beside(self, places: Collection[tuple[int | str, int]]) -> list[Candidate]:
        return [self._at[place] for place in sorted(places, key=str) if place in self._at]

    def present(self, notes: Collection[int | str]) -> dict[int | str, frozenset[Human]]:
        return {}  # a folder says of no passage who was there

    def similarities(self, vector: Vector, candidates: Sequence[Candidate]) -> Vector:
        import numpy as np

        cosines = exact_cosine(vector, self.matrix[[candidate.id for candidate in candidates]])
        unread = np.array([not self._reads(candidate) for candidate in candidates])
        cosines[unread] = np.nan
        return cosines

    def _reads(self, candidate: Candidate) -> bool:
        return self._multilingual or candidate.language != "zh"


def _with_context(row: Mapping[str, Any]) -> str:
    parts = [str(row[key]) for key in ("account", "title", "date") if row.get(key)]
    text = str(row["text"])
    if row.get("heading"):
        text = f"{row['heading']}\n{text}"
    return f"{' · '.join(parts)}\n{text}" if parts else text


def _note(row: Mapping[str, Any]) -> str:
    for key in _NOTE_KEYS:
        if row.get(key):
            return str(row[key])
    return str(row["_id"]).partition("#")[0]


def _is_chinese(text: str) -> bool:
    return len(re.findall(f"[{HAN}]", text)) * 2 > len(re.findall(r"\w", text))


def _order(scores: NDArray[Any]) -> NDArray[np.int64]:
    return (-scores).argsort(kind="stable")


def _reciprocal(scores: Vector) -> NDArray[np.float64]:
    import numpy as np

    order = _order(scores)
    ranks = np.empty(len(order))
    ranks[order] = np.arange(1, len(order) + 1)
    return np.asarray(1 / (RRF + ranks))


def _mean(found: Sequence[Quality]) -> Quality:
    return Quality(
        ndcg=sum(one.ndcg for one in found) / len(found),
        recall=sum(one.recall for one in found) / len(found),
        mrr=sum(one.mrr for one in found) / len(found),
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            row["_id"], row["text"]
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{path}:{number}: not an object with _id and text.",
                "Each line is one JSON object.",
            ) from error
        yield row


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.",
            "A folder to measure holds corpus.jsonl, queries.jsonl and qrels.tsv.",
        ) from error

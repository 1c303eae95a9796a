"""What was learnt of intents is kept for the next start, and never trusted when in doubt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.assistant.understanding.learning import learn
from bot.assistant.understanding.learnt import Kept

EXAMPLES = [
    ("owe", {"what", "owe", "us"}),
    ("owe", {"owe", "they"}),
    ("know", {"who", "know", "they"}),
    ("know", {"who", "know", "us"}),
]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    made = Kept()
    made.folder = tmp_path / "models"
    return made


def test_what_was_learnt_comes_back_as_it_was(kept: Kept) -> None:
    assert kept.load() is None
    learnt = learn(EXAMPLES)
    kept.save(learnt)
    again = kept.load()
    assert again is not None
    assert again.intents == learnt.intents == ["know", "owe"]
    assert again.features == learnt.features
    assert np.array_equal(again.rarity, learnt.rarity)
    assert np.array_equal(again.weights, learnt.weights)


def test_a_spoilt_file_is_learnt_anew(kept: Kept) -> None:
    kept.save(learn(EXAMPLES))
    assert kept.folder is not None
    (path,) = kept.folder.glob("intents-*.npz")
    path.write_bytes(path.read_bytes()[:200])
    assert kept.load() is None


def test_what_was_learnt_of_other_examples_makes_room(kept: Kept) -> None:
    assert kept.folder is not None
    kept.folder.mkdir()
    old = kept.folder / "intents-0123456789abcdef.npz"
    old.write_bytes(b"old")
    kept.save(learn(EXAMPLES))
    assert not old.exists()
    assert len(list(kept.folder.iterdir())) == 1


def test_without_a_folder_or_leave_to_write_nothing_is_kept(tmp_path: Path) -> None:
    nowhere = Kept()
    nowhere.save(learn(EXAMPLES))
    assert nowhere.load() is None
    nowhere.folder = tmp_path / "file"
    nowhere.folder.write_text("in the way")
    nowhere.save(learn(EXAMPLES))
    assert nowhere.load() is None

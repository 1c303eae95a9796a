"""Roots, places and what is gone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.folders import Root, SourceFile, files_of, is_gone, roots
from ingest.report import Failure


def test_a_place_is_relative_to_the_parent_of_the_path(tmp_path: Path) -> None:
    (tmp_path / "notes" / "acme").mkdir(parents=True)
    root = Root.of(tmp_path / "notes")
    assert root.place(root.path / "acme" / "a.md") == "notes/acme/a.md"
    assert Root.of(tmp_path / "notes" / "acme" / ".." / "acme").name == "acme"
    assert Root.of(Path("/")).place(Path("/a.md")) == "a.md"


def test_paths_inside_another_are_left_out_and_the_order_is_kept(tmp_path: Path) -> None:
    for name in ("b/inner", "a", "b/.hidden"):
        (tmp_path / name).mkdir(parents=True)
    given = [tmp_path / name for name in ("b/inner", "b", "a", "b", "b/.hidden")]
    assert [root.path.name for root in roots(given)] == ["b", "a", ".hidden"]


def test_a_folder_that_cannot_be_opened_is_a_failure(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root opens every folder")
    closed = tmp_path / "notes" / "closed"
    closed.mkdir(parents=True)
    (tmp_path / "notes" / "a.md").write_text("Text.")
    closed.chmod(0)
    try:
        found = list(files_of(Root.of(tmp_path / "notes")))
    finally:
        closed.chmod(0o700)
    assert [type(entry) for entry in found] == [SourceFile, Failure]


def test_what_is_no_file_any_more_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    assert is_gone(str(path))
    assert is_gone(str(path / "below.md"))
    path.write_text("Text.")
    assert not is_gone(str(path))
    path.unlink()
    path.symlink_to(tmp_path / "b.md")
    assert is_gone(str(path))
    path.unlink()
    path.mkdir()
    assert is_gone(str(path))


def test_a_path_that_cannot_be_looked_at_is_not_gone() -> None:
    assert not is_gone("a\0b")


def test_a_device_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "a.md").write_text("Text.")
    found = list(files_of(Root.of(tmp_path)))
    assert [entry.path.name for entry in found if isinstance(entry, SourceFile)] == ["a.md"]

"""Holds every sentence of an answer to what it cites; a sentence that fails is dropped.

It reads the text alone, whoever wrote it: numbers, dates, amounts and names must stand in the
cited sources, quotes and addresses in their quotes. A model's sentences are held to their
sources' words as well, and to what those affirm or deny (`support.py`).
"""

from bot.assistant.grounding.check import Dropped, Grounded, ground
from bot.assistant.grounding.given import lines_given
from bot.assistant.grounding.sentences import markers, renumbered

__all__ = ["Dropped", "Grounded", "ground", "lines_given", "markers", "renumbered"]

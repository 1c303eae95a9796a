"""Holds every sentence of an answer to what it cites; a sentence that fails is dropped.

It reads the text alone, whoever wrote it: numbers, dates, amounts and names must stand in the
cited sources, quotes and addresses in their quotes. It cannot tell whether a sentence that only
uses words of its sources says the same as they do.
"""

from bot.assistant.grounding.check import Dropped, Grounded, ground
from bot.assistant.grounding.sentences import markers, renumbered

__all__ = ["Dropped", "Grounded", "ground", "markers", "renumbered"]

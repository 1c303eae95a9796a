"""A message about a customer becomes meeting notes (contract.md, "Logging")."""

from ingest.notes.extract import LONGEST, Extraction, NotYours, extract
from ingest.notes.note import Choice, MeetingNote, NoteAction, Question, Signal
from ingest.notes.reading import is_command
from ingest.notes.said import SaidNote, said_of
from ingest.notes.writer import Writer

__all__ = [
    "LONGEST",
    "Choice",
    "Extraction",
    "MeetingNote",
    "NotYours",
    "NoteAction",
    "Question",
    "SaidNote",
    "Signal",
    "Writer",
    "extract",
    "is_command",
    "said_of",
]

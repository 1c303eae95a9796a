"""A message about a customer becomes meeting notes (contract.md, "Logging")."""

from ingest.notes.extract import LONGEST, Extraction, NotYours, extract
from ingest.notes.keeping import Keeping, keeping
from ingest.notes.note import Choice, MeetingNote, NoteAction, Question, Signal
from ingest.notes.reading import extracts_only, is_command
from ingest.notes.said import SaidNote, said_of
from ingest.notes.writer import Writer

__all__ = [
    "LONGEST",
    "Choice",
    "Extraction",
    "Keeping",
    "MeetingNote",
    "NotYours",
    "NoteAction",
    "Question",
    "SaidNote",
    "Signal",
    "Writer",
    "extract",
    "extracts_only",
    "is_command",
    "keeping",
    "said_of",
]

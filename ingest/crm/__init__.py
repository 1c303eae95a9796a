"""Tables in: workbooks, CRM exports and calendars become rows of the book (`kam import`)."""

from __future__ import annotations

from ingest.crm.importer import import_path
from ingest.crm.report import Conflict, ImportReport, Problem

__all__ = ["Conflict", "ImportReport", "Problem", "import_path"]

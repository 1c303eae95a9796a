"""How much a table may hold: enough for any CRM of one company, too little to choke on."""

from __future__ import annotations

MOST_BYTES = 256 * 2**20
"""Of one file as it lies on disk."""
MOST_UNPACKED = 1024 * 2**20
"""Of one workbook once unpacked; a bomb of a few kilobytes unpacks to far more."""
MOST_ROWS = 1_000_000
MOST_COLUMNS = 2_000
MOST_CELLS = 20_000_000

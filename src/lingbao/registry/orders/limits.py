"""How large a file may be; beyond these a file is refused before it is read, so that no file can exhaust the server."""

from __future__ import annotations

FILE_BYTES = 256 * 2**20
UNPACKED_BYTES = 512 * 2**20
ROWS = 1_000_000
LINE_BYTES = 4096
BATCH_BYTES = 8 * 2**20
PART_BYTES = 16 * 2**20
DATES = 400
DAYS_BACK = 400  # an older business date is not taken any more, and a number is unique over as many days
ZSTD_WINDOW = 128 * 2**20

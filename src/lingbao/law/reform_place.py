"""Where the shipped reforms lie."""

from __future__ import annotations

from pathlib import Path

LIBRARY = Path(__file__).parent / "reforms"

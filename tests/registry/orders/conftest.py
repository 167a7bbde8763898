"""A platform in a fresh database for each test."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from orders_shop import Shop, open_shop


@pytest.fixture
def shop(database: str) -> Shop:
    """The usual platform."""
    return open_shop()

"""The tree of hashes over lines: a path from one leaf to the root, and the check of it. Nothing here knows a database.

A leaf is ``SHA-256(00 ‖ secret of the line ‖ text of the line)``, a node ``SHA-256(01 ‖ left ‖ right)``; a node without
a right neighbour goes up as it is (as in RFC 6962, so that a leaf never passes for a node).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

Step = tuple[str, bytes]
"""On which side the neighbour stands, ``left`` or ``right``, and the neighbour."""


def leaf(secret: bytes, line: str) -> bytes:
    """Return the leaf of a line."""
    return hashlib.sha256(b"\x00" + secret + line.encode()).digest()


def up(level: Sequence[bytes]) -> list[bytes]:
    """Return the level above."""
    return [hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() if i + 1 < len(level) else level[i] for i in range(0, len(level), 2)]


def path(level: Sequence[bytes], place: int) -> list[Step]:
    """Return the neighbours met on the way from a place of a level to the top."""
    steps: list[Step] = []
    while len(level) > 1:
        other = place ^ 1
        if other < len(level):
            steps.append(("left" if other < place else "right", level[other]))
        level, place = up(level), place // 2
    return steps


def climbed(node: bytes, steps: Sequence[Step]) -> bytes:
    """Return the top that a node and its neighbours lead to."""
    for side, other in steps:
        node = hashlib.sha256(b"\x01" + (other + node if side == "left" else node + other)).digest()
    return node

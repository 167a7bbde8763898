"""A stand-in for a telephone on a site that only demonstrates: messages are kept in a folder and shown on a page."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_SHOWN = 100


@dataclass(frozen=True)
class Kept:
    """A message as the outbox shows it."""

    key: str
    phone: str
    text: str
    at: datetime


@dataclass(frozen=True)
class FolderGateway:
    """A gateway that writes each message to a file which only the owner of the site may read, each key once.

    Parameters
    ----------
    folder : pathlib.Path
        One file a message, named by a hash of its key.
    """

    folder: Path

    def send(self, key: str, phone: str, text: str) -> None:
        """Keep a message."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = {"key": key, "phone": phone, "text": text, "at": datetime.now(UTC).isoformat()}
        # Written aside and linked: nobody reads half a message, and of two senders one is first.
        draft = self.folder / f".{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            json.dump(content, out, ensure_ascii=False)
        with contextlib.suppress(FileExistsError):
            os.link(draft, self.folder / f"{hashlib.sha256(key.encode()).hexdigest()}.json")
        draft.unlink()

    def messages(self) -> list[Kept]:
        """Return the latest messages, the newest first."""
        files = sorted(self.folder.glob("*.json"), key=lambda file: file.stat().st_mtime_ns, reverse=True)[:_SHOWN]
        found = [json.loads(file.read_text(encoding="utf-8")) for file in files]
        kept = [Kept(each["key"], each["phone"], each["text"], datetime.fromisoformat(each["at"])) for each in found]
        return sorted(kept, key=lambda each: each.at, reverse=True)

    def forget(self, before: datetime) -> int:
        """Remove the messages kept before an instant and return how many there were."""
        old = [file for file in self.folder.glob("*.json") if file.stat().st_mtime < before.timestamp()]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)

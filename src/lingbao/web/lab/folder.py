"""Where the tables of a run lie: one folder of Parquet files a run, complete or not there at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lingbao.web.storage import data_folder

if TYPE_CHECKING:
    import polars as pl

MANIFEST, COMPLETE = "manifest.json", "laboratory.json"  # what was run; written last, what the site made of it


def folder_of(key: str) -> Path:
    """Return the folder of a run, which may not exist."""
    return data_folder() / "lab" / key


def complete(key: str) -> bool:
    """Whether the tables of a run are there."""
    return (folder_of(key) / COMPLETE).is_file()


@contextmanager
def writing(key: str) -> Iterator[Path]:
    """Give a new folder to write into, which takes its place only when everything was written.

    A folder left behind by a killed writer is never taken for a result.
    """
    place = folder_of(key)
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f"{key}.part-{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        yield draft
        shutil.rmtree(place, ignore_errors=True)
        draft.rename(place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def checkpoint_of(key: str) -> Path:
    """Return the folder from which a run that was broken off goes on."""
    return data_folder() / "lab" / f"{key}.checkpoint"


def forget_checkpoint(key: str) -> None:
    """Delete what a broken-off run left, once nobody will go on with it."""
    shutil.rmtree(checkpoint_of(key), ignore_errors=True)


def remove(key: str) -> None:
    """Delete the tables of a run."""
    shutil.rmtree(folder_of(key), ignore_errors=True)


def sweep() -> None:
    """Delete what killed writers left behind; call only where no other writer can be at work."""
    root = data_folder() / "lab"
    for draft in root.glob("*.part-*") if root.is_dir() else ():
        shutil.rmtree(draft, ignore_errors=True)


def size_of(key: str) -> int:
    """Return the bytes that a run takes."""
    place = folder_of(key)
    return sum(file.stat().st_size for file in place.rglob("*") if file.is_file()) if place.is_dir() else 0


def manifest(key: str) -> dict[str, Any]:
    """Return what a run says of itself: hashes, seed, size, versions, when it was computed."""
    found: dict[str, Any] = {}
    for name in (MANIFEST, COMPLETE):
        found |= json.loads((folder_of(key) / name).read_text(encoding="utf-8"))
    return found


def table(key: str, name: str) -> pl.DataFrame:
    """Return one table of a run."""
    import polars as pl

    return pl.read_parquet(folder_of(key) / f"{name}.parquet")


def tables(key: str) -> list[str]:
    """Return the names of a run's tables."""
    return sorted(file.stem for file in folder_of(key).glob("*.parquet"))

"""The synthetic flexible workers of China: any number of people, in pieces, with weights that meet the known margins.

Who a person is depends on the seed and the person's number alone. Weights are a property of the whole file: they are
raked on its first :data:`SAMPLE` people, all of them in a smaller file, and add up to the number of flexible workers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from lingbao.law.errors import InputError
from lingbao.law.month import format_month
from lingbao.law.store import Law
from lingbao.simulation.assumptions import Assumptions
from lingbao.simulation.diagnostics import Tally, margin_codes
from lingbao.simulation.people import Recipe
from lingbao.simulation.raking import Raked, rake
from lingbao.simulation.schema import COLUMNS, SCHEMA
from lingbao.simulation.streams import check_key

SAMPLE = 1_000_000
CHUNK = 65_536
MOST_PEOPLE = 2**40

Progress = Callable[[int], None]


def _silent(done: int) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True)
class Population:
    """A population that can be drawn, piece by piece, as often as wanted; made by :meth:`of`.

    Attributes
    ----------
    size : int
        Number of people (rows).
    seed : int
        Names the population; another seed is another draw from the same assumptions.
    recipe : Recipe
        The assumptions worked out.
    raked : Raked
        Factors of the weights, one axis a raked margin.
    """

    size: int
    seed: int
    recipe: Recipe
    raked: Raked

    @classmethod
    def of(cls, size: int, seed: int, assumptions: Assumptions | None = None, law: Law | None = None,
           chunk: int = CHUNK, progress: Progress = _silent) -> Population:
        """Prepare a population: work out the assumptions and rake the weights on the first people.

        Raises
        ------
        InputError
            If the size or seed is no valid number, a category stays empty because there are too few people, or the
            margins cannot be met together.
        """
        check_key("seed", seed)
        for name, value in (("size", size), ("chunk", chunk)):
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_PEOPLE:
                raise InputError(f"population.{name}", value=value, where=name,
                                 zh=f"人数“{value}”无效，应为 1 到 {MOST_PEOPLE} 之间的整数。",
                                 en=f"{value!r} is not a number of people; it must be whole, from 1 to {MOST_PEOPLE}.")
        recipe = Recipe.of(assumptions, law)
        margins = recipe.assumptions.raked
        shape = tuple(len(margin.categories) for margin in margins.values())
        cells = np.zeros(int(np.prod(shape)))
        for first, count in pieces(min(size, SAMPLE), chunk):
            codes = margin_codes(_unweighted(recipe, seed, first, count), recipe.assumptions)
            cells += np.bincount(np.ravel_multi_index(tuple(codes.values()), shape), minlength=cells.size)
            progress(count)
        targets = [margin.shares for margin in margins.values()]
        return cls(size, seed, recipe, rake(cells.reshape(shape), targets, list(margins)))

    def frame(self, first: int, count: int) -> pl.DataFrame:
        """Return people ``first`` to ``first + count - 1`` as a table with the columns of the schema."""
        frame = _unweighted(self.recipe, self.seed, first, count)
        weight = np.full(count, float(self.recipe.assumptions.people.value) / self.size)
        codes = margin_codes(frame, self.recipe.assumptions)
        for factor, code in zip(self.raked.factors, codes.values(), strict=True):
            weight = weight * factor[code]
        return frame.with_columns(pl.Series("weight", weight)).select(list(SCHEMA))

    def frames(self, chunk: int = CHUNK) -> Iterator[pl.DataFrame]:
        """Yield everyone in pieces of at most ``chunk`` people."""
        for first, count in pieces(self.size, chunk):
            yield self.frame(first, count)

    def write(self, file: Path, chunk: int = CHUNK, progress: Progress = _silent) -> Tally:
        """Write everyone to a Parquet file, piece by piece, and return what came out.

        The file appears only when it is complete. Its metadata say how it was made.
        """
        tally = Tally(self.recipe.assumptions)

        def source(columns: list[str] | None, predicate: pl.Expr | None, rows: int | None,
                   batch: int | None) -> Iterator[pl.DataFrame]:
            for frame in self.frames(chunk):
                tally.add(frame)
                progress(frame.height)
                yield frame

        unfinished = file.with_name(file.name + ".unfinished")
        try:
            register_io_source(source, schema=SCHEMA).sink_parquet(
                unfinished, row_group_size=chunk, metadata={"lingbao": json.dumps(self.origin())})
            unfinished.replace(file)
        except OSError as error:
            raise InputError("population.file", value=str(file), where=str(file),
                             zh=f"无法写入文件：{error.strerror or error}。请检查文件夹是否存在、是否可写。",
                             en=f"The file cannot be written: {error.strerror or error}. Does the folder exist and may you write to it?") from error
        finally:
            unfinished.unlink(missing_ok=True)
        return tally

    def origin(self) -> dict[str, object]:
        """Return how the population was made, as plain data."""
        return {"people": self.size, "seed": self.seed, "as_of": format_month(self.recipe.assumptions.as_of),
                "raking_rounds": self.raked.rounds, "raking_difference": self.raked.difference}


def pieces(size: int, chunk: int) -> Iterator[tuple[int, int]]:
    """Yield first number and count of each piece of ``size`` people."""
    for first in range(0, size, chunk):
        yield first, min(chunk, size - first)


def _unweighted(recipe: Recipe, seed: int, first: int, count: int) -> pl.DataFrame:
    """Return people as a table without weights; numbers of categories become their words."""
    made = recipe.people(seed, first, count)
    series = [
        pl.Series(column.name, column.categories, dtype=column.dtype).gather(made[column.name]) if column.categories
        else pl.Series(column.name, made[column.name], dtype=column.dtype, nan_to_null=column.may_be_missing)
        for column in COLUMNS if column.name != "weight"
    ]
    return pl.DataFrame(series)

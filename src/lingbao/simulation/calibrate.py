"""Find the coefficients of behaviour: simulated moments with common random numbers.

With θ the coefficients, m(θ) the model's moments, t the published figures with standard errors e, and a normal prior
around θ₀ with standard deviations w, the calibration minimises

    D(θ) = Σ ((mₖ(θ) − tₖ) / eₖ)² + Σ ((θⱼ − θ₀ⱼ) / wⱼ)²

The same people and luck serve every evaluation, so that D changes only because θ does. The covariance is that of the
method of simulated moments [1]_, with the prior as so many more moments,

    V = (J'J)⁻¹ J'S J (J'J)⁻¹,   J = [E⁻¹G; W⁻¹],   S = I + E⁻¹ C E⁻¹ for the moments, I for the prior,

where G are the derivatives of m by central differences and C is the noise of the simulation.

References
----------
.. [1] D. McFadden, "A method of simulated moments for estimation of discrete response models without numerical
   integration", Econometrica 57 (5), 1989, pp. 995-1026.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from lingbao.law.errors import InputError
from lingbao.law.loader import read_yaml
from lingbao.law.store import Law
from lingbao.simulation.behaviour import Behaviour
from lingbao.simulation.estimate import Floats
from lingbao.simulation.executors import add_spans
from lingbao.simulation.layout import Start
from lingbao.simulation.moments import (
    MOMENTS,
    Evidence,
    flexible_only,
    with_floor_raised,
    with_platform_subsidy,
)
from lingbao.simulation.people import PYRAMID
from lingbao.simulation.plan import Plan, plan_of
from lingbao.simulation.platform_time import assumptions, platform_figures
from lingbao.simulation.result import Result
from lingbao.simulation.run import run_chunk
from lingbao.simulation.targets import Target

PRIORS = Path(__file__).with_name("calibration.yaml")
YEARS = 8
PARTS = 8
"""Parts into which the people are split to see the noise of the simulation."""
STEP = 0.5
"""Step of the derivatives, as a share of a prior's width: choices are discrete, so a small step would see only luck."""
LONGEST_SAMPLE = 5_000
WORKING_AGE = (15, 60)
NEAR = 1e-3
"""How far from a bound the search begins at least, as a share of a prior's width."""
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Prior:
    """What is known of a coefficient before any figure is matched; ``width`` None holds it where it is."""

    name: str
    zh: str
    en: str
    start: float
    width: float | None
    least: float
    most: float
    why_zh: str = ""
    why_en: str = ""


@lru_cache(maxsize=2)
def load_priors(file: Path = PRIORS) -> tuple[Prior, ...]:
    """Read what is believed of every coefficient."""
    return tuple(
        Prior(name, entry["zh"], entry["en"], float(entry["start"]), None if entry.get("width") is None else float(entry["width"]),
              float(entry.get("least", -np.inf)), float(entry.get("most", np.inf)), entry.get("why_zh", ""), entry.get("why_en", ""))
        for name, entry in read_yaml(file).items()
    )


@dataclass(frozen=True)
class Bench:
    """Plans that are made once and run with many coefficients.

    Attributes
    ----------
    plain, raised, subsidised : Plan
        The law as it is, a higher floor, a platform subsidy; nobody takes a job with an employer in any of them.
    behaviour : Behaviour
    process : mapping of str to float
        Figures that no coefficient moves.
    """

    plain: Plan
    raised: Plan
    subsidised: Plan
    behaviour: Behaviour
    process: Mapping[str, float]

    @classmethod
    def of(cls, law: Law | None = None, *, size: int, seed: int, years: int = YEARS, behaviour: Behaviour | None = None) -> Bench:
        """Prepare the plans for so many people of today."""
        behave = behaviour or Behaviour.load()
        made = plan_of(law, size=size, seed=seed, years=years, behaviour=behave, keep=10_000_000)
        plain = flexible_only(made)
        _, rows = made.people.start(0, min(size, LONGEST_SAMPLE))
        volatility = float(np.average(rows[:, Start.VOLATILITY], weights=rows[:, Start.WEIGHT]))
        people = made.people.population.recipe.assumptions.people.value if made.people.population else float(size)
        fixed = {**assumptions(behave, float(people), working_age_people(), volatility), **platform_figures(behave)}
        return cls(plain, with_floor_raised(plain), with_platform_subsidy(plain), behave, fixed)

    def evidence(self, values: Mapping[str, float], thorough: bool = False) -> Evidence:
        """Run the plans with coefficients; ``thorough`` with the platform subsidy, which no fitted figure needs."""
        beliefs = self.behaviour.with_coefficients(values).beliefs()
        plain, raised = (_run(plan, beliefs) for plan in (self.plain, self.raised))
        return Evidence(plain, raised, _run(self.subsidised, beliefs) if thorough else None, self.process)

    def parts(self, values: Mapping[str, float], parts: int = PARTS) -> list[Evidence]:
        """Return the evidence of each of some equal parts of the people."""
        beliefs = self.behaviour.with_coefficients(values).beliefs()
        return [
            Evidence(_run(self.plain, beliefs, part, parts), _run(self.raised, beliefs, part, parts),
                     _run(self.subsidised, beliefs, part, parts), self.process)
            for part in range(parts)
        ]


def _run(plan: Plan, beliefs: Floats, part: int = 0, parts: int = 1) -> Result:
    """Run one of some parts of today's people and of the cohorts to come."""
    with_them = replace(plan, tables={**plan.tables, "beliefs": beliefs})
    today, coming = plan.people.today, plan.people.entrants
    spans = []
    for before, people in ((0, today), (today, coming)):
        low, high = people * part // parts, people * (part + 1) // parts
        if high > low:
            spans.append((before + low, high - low))
    return Result(with_them, add_spans(run_chunk, with_them, spans))


def working_age_people(year: int = 2025) -> float:
    """Return the people of China between the ages of work in a year of the national projection [persons]."""
    import csv

    low, high = WORKING_AGE
    with PYRAMID.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if int(row["year"]) == year]
    inside = [row for row in rows if low <= int(row["age_group"].split("-")[0].rstrip("+")) < high]
    return 1000.0 * sum(float(row["male_thousand"]) + float(row["female_thousand"]) for row in inside)


@dataclass(frozen=True)
class Fit:
    """What a calibration found.

    Attributes
    ----------
    values : dict of str to float
        All coefficients.
    fitted : tuple of str
        Those that were searched for.
    covariance : ndarray
        Of the fitted ones.
    distance : float
        D at the end, the prior's part included.
    moved : ndarray
        Part of each coefficient's prior variance that the figures took away, 0 (nothing learnt) to 1.
    evaluations : int
        How often the model was run.
    """

    values: dict[str, float]
    fitted: tuple[str, ...]
    covariance: Floats
    distance: float
    moved: Floats
    evaluations: int


def fit(
    model: Callable[[Mapping[str, float]], Floats], noise: Callable[[Mapping[str, float]], Floats], targets: Sequence[Target],
    priors: Sequence[Prior], *, begin: Mapping[str, float] | None = None, rounds: int = 12, progress: Progress = lambda text: None,
) -> Fit:
    """Search the coefficients at which a model's moments come nearest to the targets.

    Parameters
    ----------
    model : callable
        Returns the moments, in the order of the targets, for values of all coefficients.
    noise : callable
        Returns the covariance of the moments due to the simulation.
    targets : sequence of Target
        Figures to be matched; each has an error above 0.
    priors : sequence of Prior
        All coefficients; those with a width are searched for.
    begin : mapping of str to float, optional
        Where the search begins; the middle of the prior if not given.
    rounds : int
        How many steps the search may take.

    Raises
    ------
    InputError
        If there is nothing to search for or to match.
    """
    from scipy.optimize import least_squares

    free = [prior for prior in priors if prior.width is not None]
    if not free or not targets:
        raise InputError("calibrate.nothing", value=f"{len(free)}, {len(targets)}", where="calibration.yaml",
                         zh="没有要拟合的系数或目标数字。", en="There is no coefficient to fit or no figure to match.")
    held = {prior.name: prior.start for prior in priors}
    start = np.array([prior.start for prior in free])
    width = np.array([float(prior.width or 0.0) for prior in free])
    count = 0

    def values(point: Floats) -> dict[str, float]:
        return {**held, **{prior.name: float(value) for prior, value in zip(free, point, strict=True)}}

    def distances(point: Floats) -> Floats:
        nonlocal count
        count += 1
        found = model(values(point))
        missed = [target.distance(float(value)) for target, value in zip(targets, found, strict=True)]
        return np.concatenate([missed, (point - start) / width])

    def told(point: Floats) -> Floats:
        made = distances(point)
        progress(f"{count}: D = {float(made @ made):.2f}")
        return made

    def slopes(point: Floats) -> Floats:
        columns = []
        for j, prior in enumerate(free):
            below, above = point.copy(), point.copy()
            below[j] = max(point[j] - STEP * width[j], prior.least)
            above[j] = min(point[j] + STEP * width[j], prior.most)
            columns.append((distances(above) - distances(below)) / (above[j] - below[j]))
        return np.array(columns).T

    bounds = (np.array([prior.least for prior in free]), np.array([prior.most for prior in free]))
    first = start if begin is None else np.clip([begin[prior.name] for prior in free], bounds[0] + NEAR * width, bounds[1] - NEAR * width)
    found = least_squares(told, first, jac=slopes, bounds=bounds, x_scale=width, max_nfev=rounds, xtol=1e-3, ftol=1e-3)
    best = values(found.x)
    covariance = sandwich(np.asarray(found.jac), noise(best), np.array([target.error for target in targets]))
    moved = np.clip(1.0 - np.diag(covariance) / np.square(width), 0.0, 1.0)
    return Fit(best, tuple(prior.name for prior in free), covariance, float(2.0 * found.cost), moved, count)


def sandwich(jacobian: Floats, noise: Floats, errors: Floats) -> Floats:
    """Return V = (J'J)⁻¹ J'S J (J'J)⁻¹; the first rows of J are the moments over their errors, the rest the prior."""
    count = len(errors)
    spread = np.eye(len(jacobian))
    spread[:count, :count] += noise / np.outer(errors, errors)
    bread = np.linalg.inv(jacobian.T @ jacobian)
    made = bread @ jacobian.T @ spread @ jacobian @ bread
    return np.asarray((made + made.T) / 2.0)


def moments_of(evidence: Evidence, targets: Sequence[Target]) -> Floats:
    """Return the model's figures for targets; nan where there is no moment."""
    return np.array([MOMENTS[target.moment](evidence) if target.moment else np.nan for target in targets])


def noise_of(parts: Sequence[Evidence], targets: Sequence[Target]) -> Floats:
    """Return the covariance of the moments due to simulating so many people: that of the parts over their number."""
    seen = np.array([moments_of(part, targets) for part in parts])
    return np.atleast_2d(np.cov(seen.T)) / len(parts)


def calibrate(
    targets: Sequence[Target], *, law: Law | None = None, size: int = 12_000, seed: int = 1, rounds: int = 12,
    progress: Progress = lambda text: None,
) -> Fit:
    """Fit the coefficients of the laboratory to the published figures, from the middle of the prior.

    Parameters
    ----------
    targets : sequence of Target
        Of which those to be fitted by coefficients are used.
    size, seed : int
        People simulated at each evaluation, and the name of their luck.
    """
    bench = Bench.of(law, size=size, seed=seed)
    used = [target for target in targets if target.fitted]
    return fit(lambda values: moments_of(bench.evidence(values), used), lambda values: noise_of(bench.parts(values), used), used,
               load_priors(), rounds=rounds, progress=progress)


@dataclass(frozen=True)
class Line:
    """A target beside the model's figure.

    Attributes
    ----------
    target : Target
    model : float
        nan where the model cannot speak to it.
    noise : float
        Standard error of the model's figure from the number of people simulated.
    """

    target: Target
    model: float
    noise: float

    @property
    def difference(self) -> float:
        """Model less target."""
        return self.model - self.target.value

    @property
    def standard_errors(self) -> float:
        """The difference over the error of the target and the noise of the model together; 0 on the right side of a bound."""
        return self.target.distance(self.model) * self.target.error / float(np.hypot(self.target.error, self.noise))

    def to_dict(self) -> dict[str, Any]:
        """Return the line as plain data."""
        of = self.target
        return {
            "name": of.name, "zh": of.label_zh, "en": of.label_en, "unit": of.unit, "target": _plain(of.value), "bound": of.bound,
            "model": _plain(self.model), "difference": _plain(self.difference), "standard_error": _plain(of.error),
            "model_noise": _plain(self.noise), "standard_errors": _plain(self.standard_errors), "use": of.use,
            "held_by": of.held_by, "population_zh": of.population_zh, "population_en": of.population_en, "source": of.source,
            "published": of.published, "reason_zh": of.reason_zh, "reason_en": of.reason_en, "note_zh": of.note_zh, "note_en": of.note_en,
        }


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def check(
    targets: Sequence[Target], *, law: Law | None = None, size: int = 40_000, seed: int = 2, behaviour: Behaviour | None = None,
) -> list[Line]:
    """Set the model beside every target.

    Parameters
    ----------
    size, seed : int
        People simulated; a seed other than that of the calibration shows whether the fit was luck.
    behaviour : Behaviour, optional
        Coefficients and assumptions; the stored ones if not given.
    """
    bench = Bench.of(law, size=size, seed=seed, behaviour=behaviour)
    values = dict(bench.behaviour.coefficients)
    found = moments_of(bench.evidence(values, thorough=True), targets)
    spread = np.sqrt(np.diag(noise_of(bench.parts(values), targets)))
    return [
        Line(target, float(value), 0.0 if target.moment in bench.process else float(error))
        for target, value, error in zip(targets, found, spread, strict=True)
    ]


def stored(found: Fit, *, law_hash: str, size: int, seed: int, date: str) -> str:
    """Return the text of coefficients.yaml for a calibration."""
    lines = [
        "# Coefficients of behaviour; see docs/methods/behaviour.md. Found by `lingbao calibrate`; `covariance` is that of the",
        "# coefficients under `fitted`, in their order.",
        "calibrated: true", f"date: \"{date}\"", f"law: {law_hash}", f"size: {size}", f"seed: {seed}",
        f"distance: {found.distance:.4g}", f"evaluations: {found.evaluations}", "values:",
        *(f"  {name}: {value:.6g}" for name, value in found.values.items()),
        f"fitted: [{', '.join(found.fitted)}]", "learnt:",
        *(f"  {name}: {part:.3f}" for name, part in zip(found.fitted, found.moved, strict=True)), "covariance:",
        *(f"  - [{', '.join(f'{value:.6g}' for value in row)}]" for row in found.covariance),
    ]
    return "\n".join(lines) + "\n"

"""Backends that propose points: openpot's own search, a grid, or a package for black-box optimization."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from openpot.data.extra_import import import_extra
from openpot.errors import UnknownNameError, suggest_nearest_name
from openpot.numerics.box_search import Objective, evolve, walk_grid
from openpot.typing_aliases import Array

PURPOSE = "RangeOptimization with opt_backend {!r}"
EXTRA = "search"


class BudgetUsed(Exception):  # noqa: N818  not an error: it ends a search of whatever package
    """All evaluations were made."""


def minimise(backend: str, error: Objective, start: Array, budget: int, optimizer: str | None, seed: int) -> None:
    """Let a backend try points between 0 and 1 until ``budget`` evaluations are made or it has no more.

    Args:
        backend: ``openpot``, ``grid_search``, ``scipy``, ``nevergrad`` or ``skopt``.
        error: measures a point; it keeps the best point itself.
        start: the first point, shape ``(coordinates,)``.
        budget: number of evaluations besides that of ``start``.
        optimizer: the backend's name of an optimizer; None for its default.
        seed: of its random numbers.

    Raises:
        MissingExtraError: the package of the backend is not installed.
        UnknownNameError: it has no such optimizer.
    """
    left = budget + 1

    def count_and_measure(point: Array) -> float:
        nonlocal left
        if left == 0:
            raise BudgetUsed
        left -= 1
        return error(np.clip(np.asarray(point, np.float64), 0.0, 1.0))

    searches: dict[str, Callable[[], None]] = {
        "openpot": lambda: evolve(count_and_measure, start, np.random.default_rng(seed)),
        "grid_search": lambda: walk_grid(count_and_measure, start),
        "scipy": lambda: _run_scipy(count_and_measure, start, optimizer or "best2exp", seed),
        "nevergrad": lambda: _run_nevergrad(
            count_and_measure, start, budget, optimizer or "DoubleFastGADiscreteOnePlusOne", seed
        ),
        "skopt": lambda: _run_skopt(count_and_measure, start, budget, optimizer or "gp_minimize", seed),
    }
    if optimizer is not None and backend in ("openpot", "grid_search"):
        raise UnknownNameError(f"opt_backend {backend!r} has one optimizer only: leave optimizer_name out")
    try:
        searches[backend]()
    except BudgetUsed:
        return


def _run_scipy(error: Objective, start: Array, strategy: str, seed: int) -> None:
    """Differential evolution (Storn and Price, 1997)."""
    module = import_extra("scipy.optimize", "scipy", EXTRA, PURPOSE.format("scipy"))
    try:
        module.differential_evolution(
            error, [(0.0, 1.0)] * start.size, strategy=strategy, x0=start, rng=seed, polish=False, popsize=3,
            maxiter=10**6, tol=0.0,
        )  # fmt: skip
    except ValueError as problem:
        raise UnknownNameError(f"differential evolution of scipy: {problem}") from problem


def _run_nevergrad(error: Objective, start: Array, budget: int, optimizer: str, seed: int) -> None:
    module = import_extra("nevergrad", "nevergrad", EXTRA, PURPOSE.format("nevergrad"))
    if optimizer not in module.optimizers.registry:
        hint = suggest_nearest_name(optimizer, module.optimizers.registry)
        raise UnknownNameError(f"nevergrad has no optimizer {optimizer!r}; {hint}")
    space = module.p.Array(init=start).set_bounds(0.0, 1.0)
    space.random_state = np.random.RandomState(seed)
    search = module.optimizers.registry[optimizer](parametrization=space, budget=budget)
    error(start)
    for _ in range(budget):
        candidate = search.ask()
        search.tell(candidate, error(candidate.value))


def _run_skopt(error: Objective, start: Array, budget: int, optimizer: str, seed: int) -> None:
    """Gaussian processes unless another ``..._minimize`` is named."""
    module = import_extra("skopt", "scikit-optimize", EXTRA, PURPOSE.format("skopt"))
    known: dict[str, Any] = {name: getattr(module, name) for name in dir(module) if name.endswith("_minimize")}
    if optimizer not in known:
        raise UnknownNameError(f"skopt has no {optimizer!r}; {suggest_nearest_name(optimizer, known)}")
    initial = {"n_initial_points": max(1, min(10, budget // 2))} if "dummy" not in optimizer else {}
    known[optimizer](
        lambda point: float(error(np.asarray(point))),
        [(0.0, 1.0)] * start.size,
        x0=start.tolist(),
        n_calls=budget + 1 + (initial.get("n_initial_points", 0) if budget < 2 else 0),
        random_state=seed,
        **initial,
    )

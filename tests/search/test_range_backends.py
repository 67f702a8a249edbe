import sys
from types import SimpleNamespace

import numpy as np
import pytest

from openpot.errors import MissingExtraError, UnknownNameError
from openpot.search.range_backends import minimise

GOAL = np.array([0.2, 0.7, 0.4])


def searched(backend, budget=200, optimizer=None, seed=0):
    seen = []

    def error(point):
        seen.append(np.array(point))
        return float(np.square(point - GOAL).sum())

    minimise(backend, error, np.full(3, 0.5), budget, optimizer, seed)
    return seen


def lowest(seen):
    return min(float(np.square(point - GOAL).sum()) for point in seen)


@pytest.mark.parametrize("backend", ["openpot", "grid_search", "scipy"])
def test_points_come_closer_begin_at_the_start_and_stay_in_the_box(backend):
    seen = searched(backend)
    assert any(np.array_equal(point, np.full(3, 0.5)) for point in seen[:20])
    assert len(seen) <= 201
    assert np.min(seen) >= 0
    assert np.max(seen) <= 1
    assert lowest(seen) < 0.1 * np.square(0.5 - GOAL).sum() or backend == "grid_search"
    assert lowest(seen) < np.square(0.5 - GOAL).sum()


@pytest.mark.parametrize("backend", ["openpot", "scipy"])
def test_the_seed_decides(backend):
    first, again, other = (searched(backend, 30, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_grid_ends_when_nothing_helps_any_more():
    assert len(searched("grid_search", 10**6)) < 100


@pytest.mark.parametrize(
    ("backend", "optimizer", "message"),
    [("openpot", "gp", "one optimizer only"), ("scipy", "worst", "select a valid mutation strategy")],
)
def test_optimizers_that_a_backend_does_not_have_are_refused(backend, optimizer, message):
    with pytest.raises(UnknownNameError, match=message):
        searched(backend, optimizer=optimizer)


@pytest.mark.parametrize(("backend", "package"), [("nevergrad", "nevergrad"), ("skopt", "scikit-optimize")])
def test_a_missing_package_is_named_with_its_extra(backend, package, monkeypatch):
    monkeypatch.setitem(sys.modules, backend, None)
    with pytest.raises(MissingExtraError, match=rf"{package}, .*openpot\[search\]"):
        searched(backend)


class StandIn:
    """Proposes points between the start and the upper corner, as nevergrad's optimizers do with ask and tell."""

    def __init__(self, parametrization, budget):
        self.start, self.budget, self.told = parametrization.start, budget, []

    def ask(self):
        share = (len(self.told) + 1) / self.budget
        return SimpleNamespace(value=self.start * (1 - share) + share)

    def tell(self, candidate, error):
        self.told.append((candidate, error))


class Space(SimpleNamespace):
    def set_bounds(self, low, high):
        assert (low, high) == (0.0, 1.0)
        return self


def test_nevergrad_is_asked_and_told(monkeypatch):
    module = SimpleNamespace(
        p=SimpleNamespace(Array=lambda init: Space(start=init)),
        optimizers=SimpleNamespace(registry={"DoubleFastGADiscreteOnePlusOne": StandIn}),
    )
    monkeypatch.setitem(sys.modules, "nevergrad", module)
    seen = searched("nevergrad", 4)
    np.testing.assert_allclose([point[0] for point in seen], [0.5, 0.625, 0.75, 0.875, 1.0])
    with pytest.raises(UnknownNameError, match="did you mean 'DoubleFastGADiscreteOnePlusOne'"):
        searched("nevergrad", 4, "FastGADiscreteOnePlusOne")

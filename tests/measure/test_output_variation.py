"""How much an output varies, in parts and at its largest values; ``test_output_distance.py`` has it within an error."""

import numpy as np
import pytest

from openpot.measure.output_variation import VariationAccumulator, find_largest_value


def variation(samples, **options):
    accumulator = VariationAccumulator(**options)
    for sample in samples:
        accumulator.add(sample)
    return accumulator.compute_variation()


def test_the_energy_around_the_mean_of_each_element():
    samples = np.random.default_rng(0).normal(size=(7, 3, 4))
    found = variation(samples)
    assert found.per_sample == pytest.approx(7 * samples.var(axis=0).sum() / 7)
    assert found.parts == ()


def test_parts_add_up_to_the_whole():
    samples = np.random.default_rng(0).normal(size=(7, 1, 6, 50)) * np.array([1000, 1000, 1, 1, 1, 1])[:, None]
    found = variation(samples)
    assert [part.label for part in found.parts] == ["channels 0-1 of axis 1", "channels 2-5 of axis 1"]
    assert sum(part.per_sample for part in found.parts) == pytest.approx(found.per_sample)


def test_a_score_that_nearly_all_samples_leave_at_zero_is_no_part():
    """Its own variation is that of one sample, and any rounding is more."""
    random = np.random.default_rng(0)
    accumulator, lively = VariationAccumulator(), VariationAccumulator()
    for number in range(20):
        scores = random.normal(0, 1, (1, 6))
        accumulator.add(np.concatenate([scores, [[0.01 * (number == 7)]]], axis=1))
        lively.add(np.concatenate([scores, 0.01 * random.normal(0, 1, (1, 1))], axis=1))
    assert accumulator.compute_variation().parts == ()
    assert [part.channels.tolist() for part in lively.compute_variation().parts] == [[0, 1, 2, 3, 4, 5], [6]]


def test_largest_values_vary_only_where_they_are_asked_about():
    samples = np.random.default_rng(0).normal(size=(7, 40))
    assert variation(samples).peaks == 0
    assert variation(samples, has_peaks=True).peaks == pytest.approx(samples.max(axis=1).std())
    assert variation(samples[:1], has_peaks=True).peaks == 0


def test_the_largest_value_is_finite():
    assert find_largest_value(np.array([1.0, np.inf, np.nan, 3.0])) == 3
    assert np.isnan(find_largest_value(np.zeros((0, 3))))

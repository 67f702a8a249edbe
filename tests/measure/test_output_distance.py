import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distance_formulas import relative_error, sqnr_db
from openpot.measure import output_distance, output_variation
from openpot.measure.output_distance import DistanceAccumulator, compute_sample_distance, find_worst_error
from openpot.measure.output_variation import VariationAccumulator


def gathered(reference, candidate):
    accumulator = DistanceAccumulator("out")
    for pair in zip(reference, candidate, strict=True):
        accumulator.add(*pair)
    return accumulator.compute_distance()


@given(st.integers(2, 6), st.integers(0, 2**31), st.floats(1e-3, 1e3), st.floats(-1e3, 1e3))
@settings(max_examples=50, deadline=None)
def test_gathering_sample_by_sample_equals_the_formulas_on_all_samples(samples, seed, scale, offset):
    rng = np.random.default_rng(seed)
    reference = rng.standard_normal((samples, 3, 4)) * scale + offset
    candidate = reference + rng.standard_normal(reference.shape) * 0.1 * scale
    found = gathered(reference, candidate)
    assert found.relative == pytest.approx(relative_error(reference, candidate), rel=1e-6)
    assert found.sqnr_db == pytest.approx(sqnr_db(reference, candidate))
    assert found.samples == samples


def test_equal_outputs_have_no_error_and_no_noise():
    reference = np.random.default_rng(0).standard_normal((3, 4))
    assert (gathered(reference, reference).relative, gathered(reference, reference).sqnr_db) == (0, None)


def test_an_output_that_does_not_vary_has_no_relative_error():
    reference = np.full((5, 4), 0.1)
    found = gathered(reference, reference + 0.01)
    assert found.relative is None
    assert found.sqnr_db == pytest.approx(20)


def test_a_single_sample_has_no_relative_error():
    assert gathered(np.ones((1, 4)), np.zeros((1, 4))).relative is None


def test_a_broken_candidate_never_looks_good():
    reference = np.random.default_rng(0).standard_normal((3, 4))
    candidate = reference.copy()
    candidate[1, 2] = np.nan
    assert gathered(reference, candidate).relative == np.inf
    assert gathered(reference, candidate).sqnr_db == -np.inf


def test_masks_of_minus_infinity_must_be_kept_and_are_left_out():
    reference = np.random.default_rng(0).standard_normal((3, 4))
    reference[:, 0] = -np.inf
    candidate = reference + 0.1
    finite = relative_error(reference[:, 1:], candidate[:, 1:])
    assert gathered(reference, candidate).relative == pytest.approx(finite)
    candidate[0, 0] = 0
    assert gathered(reference, candidate).relative == np.inf


def test_outputs_of_different_shapes_among_samples_are_compared_around_the_common_mean():
    rng = np.random.default_rng(0)
    reference = [rng.standard_normal((count, 2)) for count in (3, 5, 1)]
    values = np.concatenate(reference)
    found = gathered(reference, [array + 0.1 for array in reference])
    expected = np.sqrt(0.01 * values.size / np.square(values - values.mean()).sum())
    assert found.relative == pytest.approx(expected)


def test_samples_whose_shapes_differ_between_the_models_are_counted_apart():
    found = gathered([np.ones(3), np.zeros(3)], [np.ones(2), np.zeros(3)])
    assert (found.samples, found.skipped) == (1, 1)


def test_nothing_comparable_has_no_distance():
    found = gathered([np.ones(3)], [np.ones(2)])
    assert (found.relative, found.sqnr_db, found.samples) == (None, None, 0)


def test_empty_outputs_are_no_difference():
    assert gathered([np.ones((0, 4))] * 2, [np.ones((0, 4))] * 2).sqnr_db is None


def test_numbers_without_axes_are_compared_as_those_with_one():
    reference = np.random.default_rng(0).standard_normal(5)
    candidate = reference + 0.1
    scalars = gathered([np.array(value) for value in reference], [np.array(value) for value in candidate])
    assert scalars == gathered(reference[:, None], candidate[:, None])
    assert scalars.relative == pytest.approx(relative_error(reference, candidate))
    assert gathered([np.array(1.0)], [np.array(np.nan)]).sqnr_db == -np.inf


@given(st.integers(1, 5), st.integers(0, 2**31), st.sampled_from(["f2", "f4", "f8", "i8", "u1", "?"]), st.booleans())
@settings(max_examples=100, deadline=None)
def test_finite_outputs_of_every_type_are_summed_to_the_same_bits_as_with_the_ways_for_others(
    samples, seed, kind, wide
):
    rng = np.random.default_rng(seed)
    variation, spelled_out = VariationAccumulator(), output_variation._Variation((3, 40 if wide else 4))
    for _ in range(samples):
        reference, candidate = (rng.integers(0, 100, spelled_out.shape).astype(kind) for _ in range(2))
        pair = reference.astype(np.float64), candidate.astype(np.float64)
        squares, signal = output_distance._compute_squares(reference, candidate)
        assert np.array_equal(squares, np.square(pair[1] - pair[0]))
        assert signal == np.square(pair[0].reshape(-1)).sum()
        variation.add(reference)
        spelled_out.add(pair[0][np.newaxis], np.ones((1, *spelled_out.shape), bool))
    assert variation.compute_variation().per_sample == (spelled_out.energy / samples if samples > 1 else 0)


def test_what_is_not_finite_in_later_samples_is_left_out_of_the_variation_element_by_element():
    rows = np.random.default_rng(0).standard_normal((5, 3))
    rows[3, 1] = -np.inf
    accumulator = VariationAccumulator()
    for row in rows:
        accumulator.add(row)
    present = [rows[np.isfinite(rows[:, column]), column] for column in range(3)]
    expected = sum(np.square(values - values.mean()).sum() for values in present) / len(rows)
    assert accumulator.compute_variation().per_sample == pytest.approx(expected)


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("where", ["reference", "candidate", "both"])
def test_values_that_are_not_finite_are_only_right_where_both_hold_them(broken, where):
    reference = np.random.default_rng(0).standard_normal((3, 4)).astype(np.float32)
    candidate = reference + np.float32(0.1)
    for name, array in (("reference", reference), ("candidate", candidate)):
        if where in (name, "both"):
            array[1, 2] = broken
    found = gathered(reference, candidate).sqnr_db
    assert (found == -np.inf) == (where != "both")


def boxes_and_scores(samples=6, seed=0):
    """Boxes in pixels (channels 0 to 3) beside scores between 0 and 1."""
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(300, 100, (samples, 1, 4, 20)), rng.random((samples, 1, 6, 20))], 2)


@pytest.mark.parametrize("knows", [False, True], ids=["of what is compared", "known before"])
def test_the_error_of_an_output_is_that_of_its_worst_part(knows):
    reference = boxes_and_scores()
    candidate = reference.copy()
    candidate[:, :, 4:] = 0.5  # the scores are lost
    known = None
    if knows:
        accumulator = VariationAccumulator()
        for sample in reference:
            accumulator.add(sample)
        known = accumulator.compute_variation()
    accumulator = DistanceAccumulator("out", known)
    for pair in zip(reference, candidate, strict=True):
        accumulator.add(*pair)
    found = accumulator.compute_distance()
    scores = relative_error(reference[:, :, 4:], candidate[:, :, 4:])
    assert found.relative == pytest.approx(scores)
    assert [(part.channels, part.relative) for part in found.parts] == [
        ("channels 0-3 of axis 1", 0),
        ("channels 4-9 of axis 1", pytest.approx(scores)),
    ]


def test_outputs_of_several_shapes_have_no_parts():
    reference = [boxes_and_scores()[0], boxes_and_scores()[1][..., :7]]
    assert gathered(reference, [array + 1 for array in reference]).parts == ()


def scores(samples=12, seed=0):
    """Scores of 200 places, most of them far below zero, the best one about zero."""
    rng = np.random.default_rng(seed)
    values = rng.normal(-500, 200, (samples, 1, 200)).clip(max=-20)
    values[np.arange(samples), 0, rng.integers(0, 200, samples)] = rng.normal(0, 1, samples)
    return values


def test_false_peaks_count_although_the_error_of_all_values_is_small():
    reference = scores()
    candidate = reference.copy()
    candidate[:, 0, 7] = 5.0
    accumulator = DistanceAccumulator("out", has_peaks=True)
    for pair in zip(reference, candidate, strict=True):
        accumulator.add(*pair)
    found = accumulator.compute_distance()
    change = candidate.max(axis=(1, 2)) - reference.max(axis=(1, 2))
    assert found.peak == pytest.approx(np.sqrt(np.mean(change**2)) / reference.max(axis=(1, 2)).std())
    assert found.peak > 3
    assert found.relative < 0.3
    assert find_worst_error([found]) == found.peak / 3


def test_outputs_that_are_not_read_by_their_largest_values_have_no_peak():
    found = gathered(scores(), scores() + 1)
    assert found.peak is None
    assert find_worst_error([found]) == found.relative


def test_a_largest_value_that_is_always_the_same_tells_nothing():
    reference = scores()
    reference[:, 0, 3] = 100.0
    accumulator = DistanceAccumulator("out", has_peaks=True)
    for sample in reference:
        accumulator.add(sample, sample + 1)
    assert accumulator.compute_distance().peak is None


def test_scripts_find_the_number_of_samples_under_its_former_name():
    found = gathered(scores(), scores() + 1)
    assert found.items == found.samples == 12


@pytest.mark.parametrize("make", [boxes_and_scores, scores])
def test_distances_of_samples_computed_elsewhere_add_up_to_the_same_bits(make):
    reference = make()
    candidate = [*(reference[:-1] + 0.01), reference[-1][..., :5]]  # the last one has another shape
    variations = VariationAccumulator(has_peaks=True)
    for sample in reference:
        variations.add(sample)
    variation = variations.compute_variation()
    here, elsewhere = DistanceAccumulator("out", variation), DistanceAccumulator("out", variation)
    for pair in zip(reference, candidate, strict=True):
        here.add(*pair)
        elsewhere.take_in(compute_sample_distance(*pair, variation))
    assert here.compute_distance() == elsewhere.compute_distance()
    assert (here.compute_distance().samples, here.compute_distance().skipped) == (len(reference) - 1, 1)

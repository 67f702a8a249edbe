"""Parts of a tensor by the scale of their variation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.numerics.variation_parts import find_channel_axis, split_by_variation


def parts(variation):
    found = split_by_variation(np.asarray(variation, np.float64))
    return None if found is None else (found[0], [part.tolist() for part in found[1]])


@pytest.mark.parametrize(
    ("shape", "axis"),
    [
        ((), None), ((7,), None), ((1, 1), None), ((1, 10), 1), ((1, 84, 8400), 1), ((1, 8400, 85), 2),
        ((1, 21, 16, 16), 1), ((1, 64, 64, 5), 3), ((1, 9000), None),
    ],
)  # fmt: skip
def test_where_channels_are(shape, axis):
    assert find_channel_axis(shape) == axis


def test_boxes_in_pixels_and_scores_are_two_parts():
    variation = np.ones((1, 6, 50))
    variation[:, :4] = 100.0**2
    assert parts(variation) == (1, [[0, 1, 2, 3], [4, 5]])


def test_one_quantity_is_one_part_and_constants_are_none():
    assert parts(np.geomspace(1, 5, 12)[None]) is None
    assert parts(np.zeros((1, 5))) is None
    assert parts([[1.0, 1.0, 0.0, 1e-14]]) is None


def test_what_only_a_few_samples_move_counts_with_the_next_larger_part():
    variation = np.array([[100.0**2, 100.0**2, 1.0, 1.0, 1e-4]])
    lively = np.array([[True, True, True, False, False]])
    axis, found = split_by_variation(variation, lively)
    assert (axis, [part.tolist() for part in found]) == (1, [[0, 1], [2, 3, 4]])
    assert split_by_variation(variation[:, [0, 1, 4]], lively[:, [0, 1, 4]]) is None


@given(
    st.lists(st.floats(0.5, 2), min_size=2, max_size=20),
    st.lists(st.floats(0.5, 2), min_size=2, max_size=20),
    st.randoms(),
)
def test_two_scales_are_found_whatever_the_order(large, small, random):
    amplitudes = [100 * value for value in large] + list(small)
    places = list(range(len(amplitudes)))
    random.shuffle(places)
    variation = np.square(np.array(amplitudes)[places])[None]
    expected = [sorted(p for p, q in enumerate(places) if (q < len(large)) == first) for first in (True, False)]
    assert parts(variation) == (1, expected)


def test_few_observations_tell_no_scales():
    variation = np.array([[1.0, 1e-6, 1.0]])
    assert split_by_variation(variation, samples=4) is None
    assert split_by_variation(variation, samples=5) is not None

"""How large an error is allowed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.search.error_budget import (
    LEAST,
    LEAST_OF_TOKENS,
    MOST,
    add_input_noise,
    choose_error_budget,
    choose_least_budget,
    is_image_of,
)


@given(st.floats(0, 10), st.booleans())
def test_noise_relaxes_the_budget_within_bounds_and_never_tightens_it(noise, is_image):
    assert LEAST <= choose_error_budget(noise, is_image) <= MOST


def test_twice_the_noise_is_allowed_but_not_in_images():
    assert choose_error_budget(0.1, False) == pytest.approx(0.2)
    assert choose_error_budget(0.1, True) == LEAST


def test_tokens_have_a_budget_of_their_own():
    assert (
        choose_least_budget(predicts_tokens=True)
        == LEAST_OF_TOKENS
        < LEAST
        == choose_least_budget(predicts_tokens=False)
    )


def test_noise_is_a_hundredth_of_the_standard_deviation_of_each_input():
    rng = np.random.default_rng(0)
    feeds = [{0: rng.normal(50, 20, (3, 40, 40)).astype(np.float32), 1: rng.normal(size=(500,))} for _ in range(5)]
    for number, spread in ((0, 20.0), (1, 1.0)):
        change = np.concatenate(
            [np.ravel(b[number] - a[number]) for a, b in zip(feeds, add_input_noise(feeds), strict=True)]
        )
        assert change.std() == pytest.approx(0.01 * spread, rel=0.1)
    assert add_input_noise(feeds)[0][0].dtype == np.float32


def test_whole_numbers_and_nothing_stay_as_they_are():
    feeds = [{0: np.arange(5)}]
    assert np.array_equal(add_input_noise(feeds)[0][0], feeds[0][0])
    assert add_input_noise([]) == []


@pytest.mark.parametrize(
    ("output", "given_shape", "expected"),
    [
        ((1, 3, 64, 64), (1, 3, 32, 32), True), ((1, 64, 64, 3), (1, 32, 32, 3), True),
        ((1, 1000), (1, 3, 32, 32), False),
        ((1, 21, 8, 8), (1, 3, 64, 64), False), ((1, 9, 5, 5), (1, 9, 1, 1), False), ((), (1, 3, 4, 4), False),
    ],
)  # fmt: skip
def test_images_of_the_input(output, given_shape, expected):
    assert is_image_of(np.zeros(output), [np.zeros(given_shape)]) is expected

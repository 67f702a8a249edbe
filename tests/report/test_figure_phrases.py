"""What a figure was measured on, in words."""

import pytest

from openpot.report.figure_phrases import describe_compared


@pytest.mark.parametrize(
    ("held_out", "words"),
    [
        (None, "on 9 samples"),
        (0, "on 9 samples, all of which the result was made with"),
        (4, "on 9 samples, 4 of which nothing was computed from"),
        (9, "on 9 samples that nothing was computed from"),
    ],
)
def test_the_samples_that_were_compared_are_described(held_out, words):
    assert describe_compared(9, held_out) == f"at the outputs themselves, {words}"

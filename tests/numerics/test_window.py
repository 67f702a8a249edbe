"""Where the taps of a convolution fall, against counting them one by one."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from openpot.errors import ModelError
from openpot.numerics.window import Window, find_same_padding


def one_axis(stride=1, dilation=1, begin=0, end=0, transposed=False, extra=0):
    return Window((stride,), (dilation,), (begin,), (end,), transposed, (extra,) if extra else ())


TABLE = [
    # id, window, kernel, input, output, share of each tap
    ("no padding", one_axis(), 3, 5, 3, [1, 1, 1]),
    ("pad 1 on both sides", one_axis(begin=1, end=1), 3, 4, 4, [3 / 4, 1, 3 / 4]),
    ("pad at the end only", one_axis(end=1), 2, 4, 4, [1, 3 / 4]),
    ("stride 2, pad 1", one_axis(stride=2, begin=1, end=1), 3, 5, 3, [2 / 3, 1, 2 / 3]),
    ("dilation 2, pad 2", one_axis(dilation=2, begin=2, end=2), 3, 5, 5, [3 / 5, 1, 3 / 5]),
    ("padding wider than the kernel", one_axis(begin=3, end=0), 2, 2, 4, [1 / 4, 2 / 4]),
    ("cropping pads", one_axis(begin=-1, end=-1), 1, 5, 3, [1]),
    ("transposed, stride 2", one_axis(stride=2, transposed=True), 2, 3, 6, [3 / 6, 3 / 6]),
    ("transposed, cropped", one_axis(stride=2, begin=1, end=1, transposed=True), 4, 3, 6, [2 / 6, 3 / 6, 3 / 6, 2 / 6]),
    (
        "transposed, output padding",
        one_axis(stride=2, begin=1, end=1, transposed=True, extra=1),
        3,
        3,
        6,
        [2 / 6, 3 / 6, 3 / 6],
    ),
]


@pytest.mark.parametrize(
    ("window", "kernel", "length", "output", "shares"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_table(window, kernel, length, output, shares):
    assert window.compute_output_size([kernel], [length]) == (output,)
    np.testing.assert_allclose(window.compute_tap_shares([kernel], [length]), shares)


def counted(window, kernel, size):
    """Contributions per output position, tap by tap and position by position."""
    output = window.compute_output_size(kernel, size)
    counts = np.zeros(kernel)
    moving, fixed = (size, output) if window.transposed else (output, size)
    for tap in itertools.product(*map(range, kernel)):
        for position in itertools.product(*map(range, moving)):
            place = [
                p * s + k * d - b
                for p, s, k, d, b in zip(
                    position, window.strides, tap, window.dilations, window.pads_begin, strict=True
                )
            ]
            counts[tap] += all(0 <= at < length for at, length in zip(place, fixed, strict=True))
    return counts / np.prod(output)


small = st.integers(1, 3)


@given(st.data(), st.integers(1, 3), st.booleans())
def test_shares_equal_counting_in_one_to_three_dimensions(data, rank, transposed):
    def numbers(strategy):
        return tuple(data.draw(st.tuples(*[strategy] * rank)))

    pads = st.integers(-1, 2)
    window = Window(
        numbers(small),
        numbers(small),
        numbers(pads),
        numbers(pads),
        transposed,
        numbers(st.integers(0, 1)) if transposed else (),
    )
    kernel, size = numbers(small), numbers(st.integers(1, 5))
    try:
        window.compute_output_size(kernel, size)
    except ModelError:
        assume(False)
    shares = window.compute_tap_shares(kernel, size)
    assert shares.shape == kernel
    np.testing.assert_allclose(shares, counted(window, kernel, size))


def test_a_plain_window_covers_everything():
    assert Window.plain(2).compute_tap_shares((3, 3), (7, 5)).tolist() == [[1] * 3] * 3
    assert Window.plain(0).compute_tap_shares((), ()) == 1


def test_lengths_must_agree():
    with pytest.raises(ModelError, match="one number for each spatial axis"):
        Window((1, 1), (1, 1), (0,), (0, 0))
    with pytest.raises(ModelError, match="one number for each spatial axis"):
        Window((1, 1), (1, 1), (0, 0), (0, 0), transposed=True, output_padding=(1,))
    with pytest.raises(ModelError, match="2 spatial axes"):
        Window.plain(2).compute_tap_shares((3,), (7,))


def test_a_kernel_larger_than_the_picture_is_refused():
    with pytest.raises(ModelError, match="does not fit"):
        Window.plain(1).compute_output_size((5,), (3,))


@pytest.mark.parametrize(
    ("stride", "kernel", "length", "upper", "begin", "end"),
    [
        (1, 3, 8, True, 1, 1),
        (1, 4, 8, True, 1, 2),
        (1, 4, 8, False, 2, 1),
        (2, 3, 8, True, 0, 1),
        (2, 3, 8, False, 1, 0),
        (2, 3, 7, True, 1, 1),
        (3, 1, 7, True, 0, 0),
    ],
)
def test_same_padding(stride, kernel, length, upper, begin, end):
    window = find_same_padding(one_axis(stride=stride, begin=7, end=7), [kernel], [length], upper)
    assert (window.pads_begin, window.pads_end) == ((begin,), (end,))
    assert window.compute_output_size([kernel], [length]) == (-(-length // stride),)

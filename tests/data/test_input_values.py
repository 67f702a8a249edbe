"""Kinds of numbers, finite values, conversions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from openpot.data.input_description import InputDescription
from openpot.data.input_values import ValueRange, cast_values, changes_kind, check_kind, find_value_range
from openpot.errors import DataError

WHERE = "sample 3, input 'data'"


def described(element_type):
    return InputDescription("data", frozenset({"data"}), None, element_type)


@given(hnp.arrays(np.float32, hnp.array_shapes(), elements=st.floats(width=32, allow_nan=True, allow_infinity=True)))
def test_a_range_is_found_exactly_when_all_values_are_finite(array):
    if np.isfinite(array).all():
        assert find_value_range(array, WHERE) == ValueRange(float(array.min()), float(array.max()))
    else:
        with pytest.raises(DataError, match="finite numbers"):
            find_value_range(array, WHERE)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ([np.nan], r"1 of 6 that are NaN, the first at index \(0, 1\)"),
        ([-np.inf, 1.0, np.inf], r"2 of 6 that are infinite, the first at index \(0, 1\)"),
        ([np.nan, np.inf], "2 of 6 that are NaN and infinite"),
    ],
    ids=["NaN", "Inf", "both"],
)
def test_bad_values_are_counted_and_located(bad, words):
    array = np.ones((2, 3), np.float32)
    array.reshape(-1)[1 : 1 + len(bad)] = bad
    with pytest.raises(DataError, match=f"^{WHERE}: .*{words}"):
        find_value_range(array, WHERE)


def test_large_finite_values_are_no_fault():
    assert find_value_range(np.full(9, 3e38, np.float32), WHERE).magnitude == pytest.approx(3e38)
    assert find_value_range(np.full(9, 65504, np.float16), WHERE).high == 65504


@pytest.mark.parametrize(
    ("low", "high", "flat"), [(0, 0, True), (5, 5, True), (0, 1e-41, True), (0, 1e-30, False), (-1, 1, False)], ids=str
)
def test_equal_and_denormal_values_are_flat(low, high, flat):
    assert ValueRange(low, high).is_flat is flat


def test_magnitude_is_the_largest_absolute_value():
    assert ValueRange(-3, 2).magnitude == 3


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.array(["a"]), "text"),
        (np.array([b"a"]), "bytes"),
        (np.array([1j]), "complex"),
        (np.array([None]), "Python objects.*unequal length"),
        (np.array(["2020-01-01"], "M8[D]"), "dates"),
        (np.zeros(2, [("a", "f4")]), "unknown kind"),
    ],
    ids=["text", "bytes", "complex", "objects", "dates", "records"],
)
def test_only_numbers_go_into_a_numeric_input(array, words):
    with pytest.raises(DataError, match=f"^{WHERE}: expected numbers.*{words}"):
        check_kind(array, described("f32"), WHERE)


def test_text_goes_into_a_text_input_and_nowhere_else():
    for array in (np.array(["a", "bc"]), np.array(["a", "bc"], object)):
        assert check_kind(array, described("string"), WHERE) is array
    with pytest.raises(DataError, match="expected text"):
        check_kind(np.zeros(2), described("string"), WHERE)


def test_bfloat16_arrays_of_other_packages_become_float32():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    found = check_kind(np.array([1.5], ml_dtypes.bfloat16), described("f32"), WHERE)
    assert (found.dtype, found[0]) == (np.float32, 1.5)


@pytest.mark.parametrize(
    ("dtype", "element_type", "expected"),
    [
        ("uint8", "f32", True),
        ("bool", "f16", True),
        ("float64", "f32", False),
        ("int32", "i64", False),
        ("uint8", "u8", False),
    ],
)
def test_integers_for_a_real_input_change_kind(dtype, element_type, expected):
    assert changes_kind(np.zeros(1, dtype), described(element_type)) is expected


@pytest.mark.parametrize(
    ("values", "dtype", "element_type", "result"),
    [
        ([1.5], "float64", "f32", np.float32), ([200], "uint8", "f32", np.float32), ([3.0], "float32", "i64", np.int64),
        ([7], "int64", "i32", np.int32), ([1], "int64", "boolean", np.bool_), ([1.5], ">f4", "f32", np.float32),
    ],
    ids=["double", "bytes", "whole floats", "narrower", "flag", "other byte order"],
)  # fmt: skip
def test_values_that_survive_are_converted(values, dtype, element_type, result):
    array = np.array(values, dtype)
    found = cast_values(array, described(element_type), ValueRange(min(values), max(values)), WHERE)
    assert found.dtype == result
    np.testing.assert_array_equal(found.astype(float), np.array(values, float))


@pytest.mark.parametrize("element_type", ["f32", "bf16", "dynamic"])
def test_nothing_is_copied_without_need(element_type):
    array = np.zeros(3, np.float32)
    assert cast_values(array, described(element_type), None, WHERE) is array


@pytest.mark.parametrize(
    ("values", "element_type", "words"),
    [
        ([0.5], "i64", "fractions"),
        ([300], "u8", "300 does not fit u8"),
        ([-1], "u8", "-1 does not fit"),
        ([1e300], "f32", "larger than f32"),
        ([70000.0], "f16", "larger than f16"),
    ],
    ids=["fraction", "too large", "negative", "float32 overflow", "float16 overflow"],
)
def test_values_that_do_not_survive_are_refused(values, element_type, words):
    with pytest.raises(DataError, match=f"^{WHERE}: .*{words}"):
        cast_values(np.array(values), described(element_type), ValueRange(min(values), max(values)), WHERE)

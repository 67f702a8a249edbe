"""The gate between data and model."""

import warnings

import numpy as np
import pytest

from openpot.data.guard import InputDescription, SampleGuard
from openpot.data.sample import Sample, parse_sample
from openpot.errors import DataError, OpenPotWarning

RNG = np.random.default_rng(0)
IMAGE = RNG.standard_normal((3, 4, 5)).astype(np.float32)


def described(name="data", shape=(1, 3, 4, 5), element_type="f32"):
    return InputDescription(name, frozenset({name}), shape, element_type)


def feed(raw, *inputs, index=7, batch_dim=0):
    return SampleGuard(inputs or [described()], batch_dim).feed([parse_sample(raw, index)])


def test_the_batch_axis_is_added_and_nothing_is_copied():
    fed = feed((IMAGE, 1))
    assert list(fed) == [0]
    assert fed[0].shape == (1, 3, 4, 5)
    assert np.shares_memory(fed[0], IMAGE)


def test_the_caller_s_array_is_untouched():
    before = IMAGE.copy()
    feed(IMAGE.astype(np.float64))
    feed(IMAGE)
    np.testing.assert_array_equal(IMAGE, before)


def test_several_samples_are_joined_along_the_batch_axis_in_order():
    guard = SampleGuard([described(shape=(None, 3, 4, 5))])
    fed = guard.feed([Sample(0, IMAGE), Sample(1, IMAGE[None] + 1)])
    np.testing.assert_array_equal(fed[0], np.stack([IMAGE, IMAGE + 1]))


def test_the_batch_axis_may_be_another_one():
    guard = SampleGuard([described(shape=(4, None, 2))], batch_dim=1)
    rows = [RNG.standard_normal((4, 2)).astype(np.float32) for _ in range(3)]
    fed = guard.feed([Sample(i, row) for i, row in enumerate(rows)])
    np.testing.assert_array_equal(fed[0], np.stack(rows, 1))


def test_a_static_batch_is_filled_by_as_many_samples():
    guard = SampleGuard([described(shape=(2, 3, 4, 5))])
    assert guard.feed([Sample(0, IMAGE), Sample(1, IMAGE)])[0].shape == (2, 3, 4, 5)


def test_a_strided_view_is_made_contiguous():
    assert feed(IMAGE.transpose(1, 2, 0)[..., ::-1], described(shape=(1, 4, 5, 3)))[0].flags.c_contiguous


def test_inputs_are_keyed_by_position():
    inputs = [described("ids", (None, None), "i64"), described("mask", (None, None), "i64")]
    fed = feed({"mask": np.ones(4, np.int32), "ids": [5, 6, 7, 8]}, *inputs)
    np.testing.assert_array_equal(fed[0], [[5, 6, 7, 8]])
    np.testing.assert_array_equal(fed[1], [[1, 1, 1, 1]])
    assert fed[0].dtype == fed[1].dtype == np.int64


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (np.full((3, 4, 5), np.nan, np.float32), "60 of 60 that are NaN"),
        (IMAGE.transpose(1, 2, 0), "HWC"),
        (np.zeros((2, 3, 4, 5), np.float32) + IMAGE, "2 samples for a model that takes 1.*dynamic batch"),
        (np.zeros((3, 4, 5), complex), "complex"),
        (np.array(["text"]), "text"),
        ({"dada": IMAGE}, "did you mean 'data'"),
        ({"data": np.zeros((0, 3), np.float32)}, "no values"),
    ],
    ids=["NaN", "HWC", "two samples", "complex", "text", "misspelt", "empty"],
)
def test_bad_samples_are_named(raw, words):
    with pytest.raises(DataError, match=f"(?s)^sample 7.*{words}"):
        feed(raw)


def test_the_batch_of_a_sampler_that_is_too_large_is_explained():
    guard = SampleGuard([described()])
    with pytest.raises(DataError, match=r"samples 4, 5, input 'data': 2 samples.*set the batch size to 1"):
        guard.feed([Sample(4, IMAGE), Sample(5, IMAGE)])


def test_samples_of_different_shapes_cannot_share_an_inference():
    guard = SampleGuard([described(shape=(None, None), element_type="i64")])
    with pytest.raises(DataError, match=r"samples 0, 1.*\(1, 3\), \(1, 4\).*batch size to 1"):
        guard.feed([Sample(0, np.arange(3)), Sample(1, np.arange(4))])


def test_a_number_is_shared_by_a_batch_only_if_equal():
    inputs = [described(shape=(None, 2)), described("rate", (), "i64")]
    guard = SampleGuard(inputs)
    row = np.array([1.0, 2.0], np.float32)
    assert guard.feed([Sample(0, [row, np.array(16000)]), Sample(1, [row, np.array(16000)])])[1] == 16000
    with pytest.raises(DataError, match=r"input 'rate'.*different"):
        guard.feed([Sample(0, [row, np.array(16000)]), Sample(1, [row, np.array(8000)])])


def test_an_empty_batch_is_refused():
    with pytest.raises(DataError, match="at least one sample"):
        SampleGuard([described()]).feed([])


def test_an_empty_cache_beside_other_data_is_allowed():
    inputs = [described("ids", (None, None), "i64"), described("cache", (None, 2, None, 4))]
    fed = feed({"ids": np.arange(3), "cache": np.zeros((1, 2, 0, 4), np.float32)}, *inputs)
    assert fed[1].shape == (1, 2, 0, 4)


def test_bytes_for_a_real_input_are_warned_about_once():
    guard = SampleGuard([described()])
    picture = RNG.integers(0, 256, (3, 4, 5), np.uint8)
    with pytest.warns(OpenPotWarning, match="sample 0, input 'data': integers .uint8."):
        fed = guard.feed([Sample(0, picture)])
    assert fed[0].dtype == np.float32
    np.testing.assert_array_equal(fed[0][0], picture)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        guard.feed([Sample(1, picture)])


def test_bytes_for_a_byte_input_and_tokens_are_quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        feed(np.zeros((3, 4, 5), np.uint8), described(element_type="u8"))
        feed(np.zeros(4, np.int64), described("ids", (None, None), "i64"))


def test_constant_samples_are_warned_about_and_refused_when_there_is_nothing_else():
    guard = SampleGuard([described()])
    with pytest.warns(OpenPotWarning, match="sample 0: all values are 0"):
        guard.feed([Sample(0, np.zeros((3, 4, 5), np.float32))])
    with pytest.raises(DataError, match="all 1 samples are constant"):
        guard.conclude()
    guard.feed([Sample(1, IMAGE)])
    guard.conclude()


def test_a_state_that_starts_at_zero_is_ordinary():
    inputs = [described(), described("state", (2, None, 8))]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fed = feed([IMAGE, np.zeros((2, 1, 8), np.float32)], *inputs)
    assert fed[1].shape == (2, 1, 8)


def test_a_sample_out_of_proportion_is_refused_at_the_end():
    guard = SampleGuard([described()])
    for index, factor in enumerate([1, 1, 1e30, 1]):
        guard.feed([Sample(index, (IMAGE * factor).astype(np.float32))])
    with pytest.raises(DataError, match="sample 2, input 'data'"):
        guard.conclude()


def test_numpy_is_asked_for_the_range_once_per_sample(monkeypatch):
    import openpot.data.guard as guard_module

    calls = []
    real = guard_module.find_value_range
    monkeypatch.setattr(
        guard_module, "find_value_range", lambda array, where: calls.append(where) or real(array, where)
    )
    feed(IMAGE)
    assert calls == ["sample 7, input 'data'"]

"""What a closer look finds, from its figures alone."""

import pytest

from openpot.api.examination_findings import add_findings, measure_used_share
from openpot.examination.records import (
    ChannelsRecord,
    ConversionRecord,
    Examination,
    Histogram,
    LayerNoiseRecord,
    LayerTimeRecord,
    TensorRecord,
)
from openpot.report.records import Finding

EVEN = Histogram(0.0, 1.0, (10,) * 100)


def tensor(name="x", clipped=0.0, histogram=EVEN, kind="activations", channels=None):
    return TensorRecord(name, kind, ("conv",), 0.0, 1.0, 0.0, 1.0, clipped, histogram, channels)


def texts(**parts):
    return [finding.text for finding in add_findings((), Examination(4, **parts))]


def test_a_result_in_order_has_no_findings():
    times = (LayerTimeRecord("conv", 10.0, 4.0),)
    assert texts(tensors=(tensor(clipped=0.001),), times=times, conversions=ConversionRecord(3, 1.0, 0.05)) == []


def test_a_saturated_range_is_named_with_its_limits():
    (text,) = texts(tensors=(tensor("act", clipped=0.05),))
    assert text.startswith("the range of 'act' is saturated: 5.0% of its values lie outside of 0 to 1")


def test_outliers_leave_the_others_few_levels():
    histogram = Histogram(0.0, 1.0, (100_000, 50_000, *([0] * 97), 3))
    (text,) = texts(tensors=(tensor("act", histogram=histogram), tensor("w", histogram=histogram, kind="weights")))
    assert text == "outliers take the range of 'act': 99.9% of its values share 2.0% of it, about 5 of 256 levels"


def test_the_share_of_a_range_that_is_used():
    assert measure_used_share(EVEN, 1.0) == pytest.approx(1.0)
    assert measure_used_share(EVEN, 4.0) == pytest.approx(0.25)
    assert measure_used_share(Histogram(0.0, 1.0, ()), 1.0) == 1.0


def test_layers_that_int8_makes_slower_and_conversions_are_named():
    times = (LayerTimeRecord("a", 10.0, 30.0), LayerTimeRecord("b", 50.0, 20.0), LayerTimeRecord("c", 1.0, 1.2))
    slower, conversions = texts(times=times, conversions=ConversionRecord(8, 20.0, 0.3))
    assert slower == "INT8 makes one layer slower: 'a' (10 -> 30 µs)"
    assert conversions == "8 conversions between layers take 30% of an inference"


def test_what_was_known_stays_and_nothing_is_said_twice():
    known = Finding("known", "remedy")
    look = Examination(4, tensors=(tensor(clipped=0.05),))
    first = add_findings((known,), look)
    assert first[0] == known
    assert add_findings(first, look) == first


def test_a_channel_that_takes_the_levels_of_the_others_is_named():
    loud, quiet = ChannelsRecord(64, 0, 17, 32.0), ChannelsRecord(64, 3, 5, 4.0)
    (text,) = texts(tensors=(tensor("act", channels=loud), tensor("other", channels=quiet)))
    assert text.startswith("channel 17 of the 64 channels of 'act' reaches 32 times as far as the median channel")
    assert "about 8 of 256 levels" in text


def test_channels_that_are_always_zero_are_counted():
    (text,) = texts(tensors=(tensor("act", channels=ChannelsRecord(64, 16, 5, 4.0)),))
    assert text.startswith("16 of the 64 channels of 'act' are zero on all samples")


def test_quantizers_that_cost_more_than_they_give_are_named_with_both_figures():
    noise = (LayerNoiseRecord("poor", 0.4), LayerNoiseRecord("worth it", 0.4), LayerNoiseRecord("exact", 0.01))
    times = tuple(
        LayerTimeRecord(name, before, after)
        for name, before, after in (("poor", 5.0, 4.5), ("worth it", 90.0, 30.0), ("exact", 5.0, 4.9))
    )
    (text,) = texts(layers=noise, times=times)
    assert text.startswith("the quantizers of 'poor' cost more than they give: they add an error of 40%")
    assert "of 100 µs" in text

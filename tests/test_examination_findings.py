"""What a closer look finds, from its figures alone."""

import pytest

from openpot.examination.records import ConversionRecord, Examination, Histogram, LayerTimeRecord, TensorRecord
from openpot.examination_findings import add_findings, measure_used_share
from openpot.report.records import Finding

EVEN = Histogram(0.0, 1.0, (10,) * 100)


def tensor(name="x", clipped=0.0, histogram=EVEN, kind="activations"):
    return TensorRecord(name, kind, ("conv",), 0.0, 1.0, 0.0, 1.0, clipped, histogram)


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
    assert slower == "INT8 makes 1 layers slower: 'a' (10 -> 30 µs)"
    assert conversions == "8 conversions between layers take 30% of an inference"


def test_what_was_known_stays_and_nothing_is_said_twice():
    known = Finding("known", "remedy")
    look = Examination(4, tensors=(tensor(clipped=0.05),))
    first = add_findings((known,), look)
    assert first[0] == known
    assert add_findings(first, look) == first

"""Records of the report."""

from dataclasses import FrozenInstanceError

import pytest

from openpot.report.records import DropRecord, LayerRecord, Status


def test_records_cannot_be_changed():
    record = LayerRecord("conv", "Convolution", "i8", True, "runs in INT8")
    with pytest.raises(FrozenInstanceError):
        record.reason = "another"


def test_status_reads_as_words():
    assert [str(status) for status in Status] == [
        "done",
        "done in part",
        "nothing quantized",
        "target not met",
        "target not certain",
        "not to be used",
    ]


def test_a_result_that_can_be_used_is_a_success():
    assert [status for status in Status if status.is_success] == [
        Status.DONE,
        Status.DONE_IN_PART,
        Status.TARGET_NOT_CERTAIN,
    ]


@pytest.mark.parametrize(
    ("drop", "interval", "words"),
    [
        (0.005, (0.0, 0.009), "met"),
        (0.02, (0.011, 0.03), "not met"),
        (0.005, (-0.01, 0.02), "not certain with 50 samples"),
        (0.02, (0.0, 0.04), "not certain with 50 samples"),
        (0.005, None, "met"),
        (0.02, None, "not met"),
        (0.70 - 0.69, None, "met"),
    ],
)
def test_a_drop_is_met_if_its_whole_interval_is_allowed(drop, interval, words):
    intervals = {} if interval is None else {"m": interval}
    record = DropRecord(allowed={"m": 0.01}, drops={"m": drop}, explanation="", intervals=intervals, samples=50)
    assert record.is_met == words
    assert bool(record.is_met) is (words == "met")
    assert record.is_within is (drop < 0.0101)

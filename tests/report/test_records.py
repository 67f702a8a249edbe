"""Records of the report."""

from dataclasses import FrozenInstanceError

import pytest

from openpot.report.records import LayerRecord, Status


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
        "not to be used",
    ]


def test_a_result_that_can_be_used_is_a_success():
    assert [status for status in Status if status.is_success] == [Status.DONE, Status.DONE_IN_PART]

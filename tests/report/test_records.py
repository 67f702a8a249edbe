"""Records of the report."""

from dataclasses import FrozenInstanceError

import pytest

from openpot.report.records import LayerRecord, OutputError, SpeedRatio, Status


@pytest.mark.parametrize(
    "record",
    [
        OutputError("a", 0.1, 30.0, 5),
        SpeedRatio(1.0, 0.9, 1.1),
        LayerRecord("conv", "Convolution", "I8", True, "runs in INT8"),
    ],
    ids=lambda record: type(record).__name__,
)
def test_records_cannot_be_changed(record):
    with pytest.raises(FrozenInstanceError):
        setattr(record, next(iter(record.__dataclass_fields__)), None)


def test_status_reads_as_words():
    assert [str(status) for status in Status] == ["done", "nothing quantized"]

import pytest

from openpot.report.compression_record import CompressionRecord, WeightRecord
from openpot.report.records import Status


def test_bits_are_those_of_compressed_weights_alone():
    rows = (
        WeightRecord("a", "layer", 1000, "int4_asym", 64, 500),
        WeightRecord("b", "layer", 3000, "int8_asym", 64, 3000),
        WeightRecord("c", "Convolution", 9000, reason="no"),
    )
    record = CompressionRecord(status=Status.DONE, size_before=1, size_after=1, weights=rows)
    assert [one.bits_per_weight for one in rows] == [4.0, 8.0, None]
    assert record.bits_per_weight == pytest.approx(7.0)


def test_without_compressed_weights_there_are_no_bits():
    assert CompressionRecord(status=Status.DONE, size_before=1, size_after=1).bits_per_weight is None

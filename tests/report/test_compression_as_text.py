from openpot.report.compression_as_text import render_compression
from openpot.report.compression_record import CompressionRecord, WeightRecord
from openpot.report.records import Status


def test_formats_reasons_and_what_is_unpacked_are_shown():
    rows = (
        WeightRecord("a", "layer", 2_000_000, "int4_asym", 64, 1_000_000, device_reads="u4"),
        WeightRecord("b", "layer", 1_000_000, "int4_asym", 32, 500_000, device_reads="f32", reason="64 divides not"),
        WeightRecord("c", "Convolution", 9000, reason="half precision"),
    )
    text = render_compression(
        CompressionRecord(
            status=Status.DONE,
            size_before=12_000_000,
            size_after=1_500_000,
            weights=rows,
            warnings=("mind this",),
            settings={"model": "net.xml"},
        )
    )
    assert text.splitlines()[0] == "compressed the weights of net.xml"
    assert "12.00 MB     1.50 MB  8.00x smaller" in text
    assert "int4_asym: 2 of role 'layer', 3.00 M weights, groups of 32, 64" in text
    assert "  64 divides not: b" in text
    assert "the CPU unpacks 1 when it loads the model: b" in text
    assert "1 weight tensors stay as they are\n  half precision: c" in text
    assert text.endswith("warnings\n  mind this")


def test_a_status_that_is_not_done_comes_first():
    record = CompressionRecord(status=Status.DONE_IN_PART, size_before=1, size_after=1)
    assert render_compression(record).startswith("compressed the weights of model: done in part")

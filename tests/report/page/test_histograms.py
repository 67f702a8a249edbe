"""Histograms of quantized tensors."""

from openpot.examination.records import Histogram, TensorRecord
from openpot.report.page.histograms import OPEN, build_tensors, draw_histogram
from openpot.report.page.markup import write_fragment

EVIL = "<script>alert(1)</script>"


def record(name="x", clipped=0.01, counts=(0, 4, 9, 1)):
    return TensorRecord(name, "activations", ("conv",), -1.0, 1.0, -1.2, 0.9, clipped, Histogram(-2.0, 2.0, counts))


def test_limits_are_lines_where_they_belong():
    text = write_fragment(draw_histogram(record().histogram, -1.0, 1.0))
    assert text.count("<rect") == 3, "empty bins have no bar"
    assert 'x1="60.0"' in text
    assert 'x1="180.0"' in text


def test_an_empty_histogram_is_drawn():
    assert "nan" not in write_fragment(draw_histogram(Histogram(0.0, 0.0, (0, 0)), 0.0, 0.0))


def test_those_that_clip_most_come_first_and_many_fold_away():
    tensors = [record(f"t{number}", clipped=number / 100) for number in range(OPEN + 3)]
    text = write_fragment(build_tensors(tensors))
    assert text.index(f"t{OPEN + 2}<") < text.index("t5<")
    assert "<summary>3 more tensors</summary>" in text
    assert build_tensors(()) is None


def test_names_are_text():
    assert EVIL not in write_fragment(build_tensors([record(EVIL)]))

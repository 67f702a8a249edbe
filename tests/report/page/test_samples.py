"""Worst samples and what the samples hold."""

from openpot.examination.records import InputRecord, SampleRecord
from openpot.report.page.markup import write_fragment
from openpot.report.page.samples import PNG, build_inputs, build_worst_samples

EVIL = "<script>alert(1)</script>"


def test_images_are_shown_and_other_samples_by_number():
    text = write_fragment(build_worst_samples([SampleRecord(7, 0.5, PNG + "AAAA"), SampleRecord(3, 0.25)]))
    assert text.count("<img") == 1
    assert "sample 7: 0.5000" in text
    assert "sample 3: 0.2500" in text
    assert build_worst_samples(()) is None


def test_an_address_that_is_no_image_of_ours_is_not_shown():
    for address in ("http://example.com/x.png", "data:text/html,x", f'{PNG[:4]}"{EVIL}'):
        assert "<img" not in write_fragment(build_worst_samples([SampleRecord(0, 0.1, address)]))


def test_inputs_have_shapes_and_figures():
    record = InputRecord(EVIL, 6, ((1, 3), (1, 4)), "float32", -1.0, 2.0, 0.5, 0.25, 2)
    text = write_fragment(build_inputs([record]))
    assert EVIL not in text
    for words in ("1x3, 1x4", "-1 to 2", "2 of 6", "float32"):
        assert words in text
    assert build_inputs(()) is None

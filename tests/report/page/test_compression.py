"""The page of a model whose weights alone were compressed."""

import json
from dataclasses import asdict

import pytest

from openpot.compression.size_curve import SizeCurve, SizePoint
from openpot.errors import FileError
from openpot.measure.held_out_loss import Estimate, HeldOutLoss
from openpot.report.compression_record import CompressionRecord, WeightRecord
from openpot.report.compression_result import compression_to_json
from openpot.report.page.compression import render_compression_content, render_compression_page
from openpot.report.records import Status

SMALL, LARGE = SizePoint(1000, 4.0, 0.3), SizePoint(2000, 8.0, 0.01)
LAYER = WeightRecord("<up>", "layer", 4096, "int4_asym", 64, 2208, 0.08, "u4", True)
KEPT = WeightRecord("conv", "Convolution", 2304, reason="stored in half precision")


def example(**changes):
    loss = HeldOutLoss(Estimate(0.25, 0.2, 0.3), Estimate(0.8, 0.75, 0.85), None, 8, 96)
    stated = {
        "status": Status.DONE,
        "size_before": 16384,
        "size_after": 2208,
        "weights": (LAYER, KEPT),
        "loss": loss,
        "warnings": ("look at this",),
        "settings": {"model": "net.xml", "max_size": "4 bits", "versions": {"openvino": "2026.4"}},
        "curve": SizeCurve((SMALL, LARGE), SMALL, "divergence of the next token"),
    }
    return CompressionRecord(**stated | changes)


def test_the_outcome_the_curve_and_every_tensor_are_shown():
    page = render_compression_page(example())
    for words in (
        "7.42 times smaller",
        "verdict good",
        "0.2500",
        "95 % within 75.0% to 85.0%, 8 held-out samples",
        "look at this",
        "int4_asym, groups of 64",
        "&lt;up&gt;",
        "by data",
        "stored in half precision",
        "max_size",
    ):
        assert words in page
    assert page.count("<circle") == 2
    assert "<script" not in page


def test_too_great_a_loss_is_bad_and_without_data_nothing_is_measured():
    assert "verdict bad" in render_compression_page(example(status=Status.TARGET_NOT_MET))
    page = render_compression_page(example(loss=None, curve=None))
    assert "is not measured" in page
    assert "<circle" not in page


def test_the_record_gives_the_same_page():
    content = json.loads(json.dumps(compression_to_json(example())))
    assert render_compression_content(content) == render_compression_page(example())
    assert content["curve"]["chosen"] == asdict(SMALL)


def test_a_damaged_record_is_refused():
    with pytest.raises(FileError, match="size_before"):
        render_compression_content({"status": "done", "size_before": "much", "size_after": 1})

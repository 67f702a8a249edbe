"""Five runs that were broken on purpose say so, with the reason, in the first screen of their report.

Three more are in ``api/test_diagnosis.py``: samples scaled wrongly, an exploding layer, an ignored scope for all.
"""

import itertools
import json

import pytest

import openpot
from openpot.report.page.document import render_content
from report_reader import read_page
from toy_models import images, tiny_cnn

pytestmark = pytest.mark.filterwarnings("ignore::openpot.errors.OpenPotWarning")


def first_screen(*arguments, **choices):
    result = openpot.quantize(tiny_cnn(), *arguments, timing=False, **choices)
    text = read_page(render_content(json.loads(json.dumps(result.to_dict())))).text
    return text[: text.index("Before and after")]


def test_a_single_calibration_sample():
    text = first_screen(images(1))
    assert "Quantized, but calibrated on one sample alone" in text
    assert "calibration rests on one sample" in text


def test_samples_that_are_all_equal():
    assert "calibration rests on 6 samples that are all equal" in first_screen(images(1) * 6)


def test_a_limit_that_no_integer_model_can_keep():
    text = first_screen(images(8), max_output_error=1e-7)
    assert "target was not met" in text
    assert "max_output_error" in text


def test_a_metric_that_changes_its_mind():
    answers = itertools.count()

    def moody(outputs, annotation):
        return float(next(answers) % 7)

    text = first_screen([(sample, 0) for sample in images(6)], metric=moody, higher_is_better=True)
    assert "moody" in text


def test_a_stage_that_fails(monkeypatch):
    def fail(*arguments, **choices):
        raise RuntimeError("the cable was pulled")

    monkeypatch.setattr("openpot.measure.side_by_side.compare_outputs", fail)
    text = first_screen(images(6))
    assert "a stage of the run failed" in text
    assert "comparing the outputs" in text
    assert "the cable was pulled" in text

"""A closer look at a result, from end to end."""

import json

import pytest

import openpot
from openpot.report.page.document import render_content
from report_reader import read_page
from stream_models import stream_model, streams
from toy_models import images, tiny_cnn


@pytest.fixture(scope="module")
def examined():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("openpot.measure.side_by_side.SECONDS_OF_TIMING", 0.0)
        patch.setattr("openpot.examination.layer_times.SECONDS_OF_TIMING", 0.0)
        model, samples = tiny_cnn(), images(12)
        result = openpot.quantize(model, samples)
        return result, openpot.examine(result, model, samples)


def test_without_it_nothing_is_collected(examined):
    assert examined[0].examination is None
    assert "openpot report FOLDER --examine" in read_page(render_content(examined[0].to_dict())).text


def test_every_part_is_there_and_the_rest_is_as_it_was(examined):
    before, after = examined
    look = after.examination
    assert look.samples == 12
    assert [record.layer for record in look.layers] == ["conv1", "conv2", "fc"]
    assert {record.kind for record in look.tensors} == {"activations", "weights"}
    assert look.conversions is not None
    assert len(look.worst_samples) == 6
    assert look.inputs[0].name == "data"
    assert after.model is before.model
    assert after.failed_stages == before.failed_stages


def test_the_page_shows_it_and_still_runs_nothing(examined):
    page = read_page(render_content(json.loads(json.dumps(examined[1].to_dict()))))
    for words in ("error it adds", "by weights, by input", "error that has gathered", "range of its input", "clipped"):
        assert words in page.text
    for heading in ("Values and ranges (", "Worst samples", "What the samples hold", "conversions of type or layout"):
        assert heading in page.text
    sources = [value for name, value in page.attributes if name == "src"]
    assert sources
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert "script" not in page.tags


def test_a_part_that_fails_is_left_out_with_a_warning(examined, monkeypatch):
    def fail(*arguments):
        raise RuntimeError("broken")

    monkeypatch.setattr("openpot.examination.examine.measure_layer_noise", fail)
    monkeypatch.setattr("openpot.examination.examine.time_layers", fail)
    with pytest.warns(openpot.StageFailedWarning):
        after = openpot.examine(examined[0], tiny_cnn(), images(4))
    assert after.examination.layers == ()
    assert after.examination.times == ()
    assert after.examination.tensors
    assert {stage.stage for stage in after.failed_stages} == {
        "measuring the errors of layers",
        "timing the layers",
    }


def test_the_record_of_it_is_read_back(examined, tmp_path):
    from openpot.report.run_record import read_run

    examined[1].save(tmp_path)
    assert read_run(tmp_path).examination == examined[1].examination


@pytest.mark.filterwarnings("ignore::openpot.errors.OpenPotWarning")
def test_a_model_with_a_state_is_looked_at_as_far_as_that_goes(monkeypatch):
    monkeypatch.setattr("openpot.examination.layer_times.SECONDS_OF_TIMING", 0.0)
    model, samples = stream_model(), streams(6)
    after = openpot.examine(openpot.quantize(model, samples, timing=False), model, samples)
    assert [stage.stage for stage in after.failed_stages] == ["measuring the errors of layers"]
    assert after.examination.samples == 6
    assert {sample.number for sample in after.examination.worst_samples} == set(range(6))
    assert after.examination.tensors

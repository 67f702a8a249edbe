"""``openpot.compress_weights`` from end to end, on small networks."""

import json
import time

import numpy as np
import pytest

import openpot
import openvino as ov
from compressible_models import language_model, linear, relative_error, run, token_samples, weights
from openpot.errors import (
    AlreadyQuantizedError,
    ConfigError,
    DataError,
    FileError,
    ModelError,
    OutOfMemoryError,
    UnknownNameError,
)
from openpot.graph.edit import ModelEditor
from openvino import opset13 as op
from stream_models import cache_model, stream_model, streams
from toy_models import tiny_cnn


@pytest.mark.parametrize(
    ("weight_format", "bits", "error"),
    [
        ("int8_asym", 8.4, 0.03),
        ("int8_sym", 8.3, 0.03),
        ("int4_asym", 6.6, 0.4),
        ("nf4", 6.5, 0.4),
        ("mxfp4", 6.4, 0.5),
    ],
)
def test_the_result_is_small_and_near(weight_format, bits, error):
    model = language_model()
    result = openpot.compress_weights(model, weight_format=weight_format)
    assert result.status == "done"
    assert 0.9 * bits < result.bits_per_weight <= bits
    assert result.size_after < result.size_before * bits / 32 * 1.15
    samples = token_samples()
    assert relative_error(run(model, samples), run(result.model, samples)) < error


def test_the_table_says_what_became_of_each_tensor():
    result = openpot.compress_weights(language_model(tied=False), weight_format="int4_asym", ignored_scope=["down"])
    rows = {one.operation: (one.weight_format, one.group_size, one.device_reads) for one in result.weights}
    assert rows == {
        "embedding": ("int8_asym", 64, "u8"),
        "up": ("int4_asym", 64, "u4"),
        "head": ("int8_asym", 64, "u8"),
        "down": (None, 0, None),
    }
    assert "the user left it out by name: down" in str(result)


def test_all_files_are_saved_and_the_record_with_them(tmp_path):
    result = openpot.compress_weights(language_model(), weight_format="int4_sym")
    xml = result.save(tmp_path)
    saved = json.loads((tmp_path / "run.json").read_text())
    assert saved["bits_per_weight"] == result.bits_per_weight
    assert [one["operation"] for one in saved["weights"]] == ["embedding", "up", "down"]
    read = ov.Core().read_model(xml)
    samples = token_samples()
    assert np.array_equal(run(read, samples), run(result.model, samples))
    assert read.outputs[0].get_names() == {"logits"}


def test_equal_models_give_equal_bytes(tmp_path):
    for place in ("first", "second"):
        openpot.compress_weights(language_model(), weight_format="int4_asym").save(tmp_path / place)
    for name in ("model.xml", "model.bin"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_a_full_disk_leaves_the_folder_as_it_was(tmp_path, monkeypatch):
    result = openpot.compress_weights(language_model())
    result.save(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_):
        raise FileError("no space left")

    monkeypatch.setattr("openpot.graph.save_ir.require_free_space", full)
    with pytest.raises(FileError, match="no space"):
        openpot.compress_weights(language_model(), weight_format="int4_sym").save(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_model_without_matrix_products_is_refused():
    with pytest.raises(ModelError, match=r"no weights that can be stored in few bits.*Convolution"):
        openpot.compress_weights(tiny_cnn(channels=16))


def test_compressed_weights_are_refused_or_coded_anew():
    eight = openpot.compress_weights(language_model()).model
    with pytest.raises(AlreadyQuantizedError, match="stored as u8 already"):
        openpot.compress_weights(eight)
    four = openpot.compress_weights(eight, weight_format="int4_asym", table_format="int4_asym")
    assert four.bits_per_weight < 4.5
    assert any("coded anew" in warning for warning in four.warnings)


def test_weights_that_are_not_finite_are_named():
    model = language_model()
    with ModelEditor(model) as editor:
        values = weights(1, 96, 64)
        values[0, 0] = np.inf
        editor.replace_constant("up_w", values)
    with pytest.raises(ModelError, match="'up' hold 1 value"):
        openpot.compress_weights(model)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"weight_format": "int5"}, ConfigError, "int5"),
        ({"group_size": 1}, ConfigError, "at least 2"),
        ({"ignored_scope": "up"}, ConfigError, "list of names"),
        ({"max_size": 4}, ConfigError, "no size with its unit"),
        ({"max_size": "0.3 bits"}, ConfigError, "smallest possible size is"),
        ({"max_size": "4 bits", "weight_format": "nf4"}, ConfigError, "leave out weight_format"),
        ({"ignored_scope": ["upp"]}, UnknownNameError, "did you mean 'up'"),
    ],
)
def test_arguments_that_are_not_possible_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        openpot.compress_weights(language_model(), **arguments)


def test_data_choose_codes_and_held_out_samples_judge(timing):
    result = openpot.compress_weights(language_model(), token_samples(40), weight_format="int4_asym", min_agreement=0.2)
    assert result.status == "done"
    assert result.samples_used == 32
    assert {one.operation: one.by_data for one in result.weights} == {"embedding": False, "up": True, "down": True}
    loss = result.loss
    assert (loss.samples, loss.positions) == (8, 96)
    assert 0 < loss.divergence.low < loss.divergence.value < loss.divergence.high
    assert "same token first" in str(result)
    assert result.to_dict()["loss"]["agreement"]["value"] == loss.agreement.value
    assert result.speedup is not None


def test_a_model_that_predicts_other_tokens_is_not_done():
    two_bits = {"weight_format": "int2_asym", "table_format": "int2_asym"}
    model = language_model(tied=False)
    result = openpot.compress_weights(model, token_samples(10), min_agreement=0.999, **two_bits)
    assert result.status == "target not met"
    assert not result.status.is_success
    assert any("below the floor of 100%" in warning for warning in result.warnings)


def perceptron():
    data = op.parameter([-1, 64], np.float32, name="x")
    hidden = op.relu(linear(data, weights(0, 96, 64), "up"))
    return ov.Model([op.result(linear(hidden, weights(1, 32, 96), "down"))], [data], "perceptron")


def test_outputs_that_are_lost_are_not_done(monkeypatch):
    monkeypatch.setattr("openpot.compression.judge_result.Judgement.is_lost", True)
    result = openpot.compress_weights(perceptron(), [weights(seed, 1, 64) for seed in range(10)])
    assert result.status == "target not met"
    assert any("always answering with their mean" in warning for warning in result.warnings)


def test_samples_that_do_not_differ_leave_the_loss_open():
    result = openpot.compress_weights(perceptron(), [weights(0, 1, 64)] * 5, weight_format="int4_asym")
    assert result.loss.value is None
    assert any("no output varies" in warning for warning in result.warnings)


def test_without_data_the_loss_is_not_measured_and_the_report_says_so():
    result = openpot.compress_weights(language_model(), weight_format="int4_asym")
    assert result.loss is None
    assert "loss: not measured" in str(result)


def test_samples_that_do_not_fit_are_named_by_their_number():
    with pytest.raises(DataError, match="sample 1"):
        openpot.compress_weights(language_model(), [token_samples(1)[0], np.zeros((2, 2, 2, 2), np.int64)])


def test_a_model_with_a_state_is_calibrated_and_judged_on_sequences(monkeypatch):
    monkeypatch.setattr("openpot.compression.weight_tensors.MIN_VALUES", 16)
    result = openpot.compress_weights(stream_model(), streams(10), weight_format="int4_asym")
    assert result.loss.output_error.value > 0
    assert {one.operation: one.by_data for one in result.weights} == {"into": True, "out": True}


def test_a_cache_that_grows_is_calibrated_on_every_step(monkeypatch):
    monkeypatch.setattr("openpot.compression.weight_tensors.MIN_VALUES", 16)
    rng = np.random.default_rng(0)
    prompts = [[{"x": rng.standard_normal((1, size, 8)).astype(np.float32)} for size in (5, 1, 1)] for _ in range(6)]
    four_bits = {"weight_format": "int4_asym", "table_format": "int4_asym"}
    result = openpot.compress_weights(cache_model(), prompts, **four_bits)
    assert result.weights[0].by_data
    assert result.samples_used == 12
    assert result.loss.output_error.value > 0
    assert len(result.model.get_variables()) == 1


def test_the_smallest_model_that_keeps_a_limit_on_the_loss():
    model, samples = language_model(), token_samples(10)
    free = openpot.compress_weights(model, samples, max_output_error=1.0)
    limit = free.loss.divergence.value / 3
    kept = openpot.compress_weights(model, samples, max_output_error=limit)
    assert kept.status == "done"
    assert kept.loss.divergence.value <= limit
    assert kept.size_after > free.size_after


def test_a_loss_that_cannot_be_kept_is_not_done():
    result = openpot.compress_weights(language_model(), token_samples(10), max_output_error=1e-9)
    assert result.status == "target not met"
    assert any("max_output_error is 1e-09" in warning for warning in result.warnings)


def test_a_limit_on_the_loss_takes_data():
    with pytest.raises(ConfigError, match="needs data"):
        openpot.compress_weights(language_model(), max_output_error=0.1)


def test_two_bits_bring_along_that_data_are_not_quantized_and_run_as_users_run_them():
    result = openpot.compress_weights(language_model(), token_samples(5), weight_format="int2_asym", min_agreement=0)
    assert result.status == "done"
    assert result.loss_as_run.value == pytest.approx(result.loss.value, rel=0.2, abs=0.02)


@pytest.mark.parametrize("allowed", [True, False])
def test_dynamic_quantization_is_switched_off_in_the_model(allowed, tmp_path):
    result = openpot.compress_weights(language_model(), dynamic_quantization=allowed)
    read = ov.Core().read_model(result.save(tmp_path))
    assert ov.Core().compile_model(read, "CPU").get_property("DYNAMIC_QUANTIZATION_GROUP_SIZE") == 0 or allowed


def test_a_run_that_cannot_have_its_memory_is_refused_before_the_data_are_opened(monkeypatch):
    monkeypatch.setattr("openpot.measure.memory_forecast.read_available_memory", lambda: 1000)
    with pytest.raises(OutOfMemoryError, match="takes at least"):
        openpot.compress_weights(language_model(), "no data.npz")


def test_samples_that_take_too_long_are_given_up():
    class Slow:
        def __len__(self):
            return 4

        def __getitem__(self, index):
            if index == 2:
                time.sleep(2)
            return token_samples(1)[0]

    with pytest.raises(DataError, match=r"sample 2: .* within 0.2 s"):
        openpot.compress_weights(language_model(), Slow(), weight_format="int4_asym", sample_timeout=0.2)
    with pytest.raises(ConfigError, match="sample_timeout"):
        openpot.compress_weights(language_model(), sample_timeout=-1)

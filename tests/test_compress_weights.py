"""``openpot.compress_weights`` from end to end, on small networks."""

import json

import numpy as np
import pytest

import openpot
import openvino as ov
from compressible_models import language_model, relative_error, run, token_samples, weights
from openpot.errors import AlreadyQuantizedError, ConfigError, FileError, ModelError, UnknownNameError
from openpot.graph.edit import ModelEditor
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

    monkeypatch.setattr("openpot.report.save_result.require_free_space", full)
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
        ({"ignored_scope": ["upp"]}, UnknownNameError, "did you mean 'up'"),
    ],
)
def test_arguments_that_are_not_possible_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        openpot.compress_weights(language_model(), **arguments)

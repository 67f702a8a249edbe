"""Every border network and every way to quantize: a model comes out that computes what it should.

Every network is quantized as the outputs decide, by ``openpot.quantize`` and through POT's API; of all other ways each
meets every kind of network once.
"""

import json
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import openpot
import openvino as ov
from border_networks import BORDERS, classifier, cover_kinds, image
from openpot import IEEngine, compress_model_weights, create_pipeline, load_model, save_model
from openpot.cli.main import app
from openpot.cli.pot_command import app as pot_app
from openpot.errors import StageFailedWarning
from openpot.graph.model import CompressedModel
from openpot.inference.compile import compile_model
from toy_engines import ListLoader

IN_ORDER_OF = "name"
COUNT = 16
LARGEST_ERROR = 0.35

BY_THE_OUTPUTS = "by the outputs"
ALGORITHMS = {
    BY_THE_OUTPUTS: {},
    "fast bias correction": {"use_fast_bias": True},
    "accurate bias correction": {"use_fast_bias": False},
    "placement of POT": {"placement": "pot"},
}

pytestmark = pytest.mark.filterwarnings("ignore::openpot.errors.OpenPotWarning")


def samples_of(border, start=0, count=COUNT):
    return [border.sample(start + number) for number in range(count)]


def answers(model, feeds):
    """The float outputs of a model for single samples; a fixed batch is filled with copies of each."""
    compiled = compile_model(model, "CPU")
    found = []
    for sample in feeds:
        named = sample if isinstance(sample, Mapping) else {compiled.input(0).get_any_name(): sample}
        inputs = {}
        for port in compiled.inputs:
            value = np.asarray(named[port.get_any_name()])
            batch = port.get_partial_shape()[0] if port.get_partial_shape().rank.get_length() else 1
            fixed = batch.get_length() if hasattr(batch, "is_static") and batch.is_static else 1
            inputs[port.get_any_name()] = np.repeat(value, fixed, axis=0) if fixed > 1 and len(value) == 1 else value
        outputs = compiled(inputs)
        found.append([np.array(outputs[port]) for port in compiled.outputs])
    return found


@cache
def other_samples(name):
    """Samples of a border network that nothing is calibrated on, and what it answers."""
    feeds = samples_of(BORDERS[name], start=500, count=6)
    return feeds, answers(BORDERS[name].make(), feeds)


def error_of(name, result):
    """What :func:`error_between` is of a border network and what was made of it."""
    feeds, expected = other_samples(name)
    return error_between(BORDERS[name].make(), expected, answers(result, feeds))


def error_between(source, expected, given):
    """Largest over the float outputs: root of the squared error over the squared variation of all values."""
    errors = []
    for number, port in enumerate(source.outputs):
        pairs = [(one[number], other[number]) for one, other in zip(expected, given, strict=True)]
        assert [one.shape for one, _ in pairs] == [other.shape for _, other in pairs], port
        if port.get_element_type().to_string() not in ("f16", "bf16", "f32", "f64"):
            continue
        one, other = (np.concatenate([np.float64(pair[side]).ravel() for pair in pairs]) for side in (0, 1))
        if one.size and one.std() > 0:
            errors.append(np.sqrt(np.square(one - other).sum() / np.square(one - one.mean()).sum()))
    return max(errors, default=0.0)


def types_of(model):
    return [port.get_element_type().to_string() for port in (*model.inputs, *model.outputs)]


def expected_types(source):
    """Inputs of f64 become f32."""
    kinds = [port.get_element_type().to_string() for port in source.inputs]
    return [{"f64": "f32"}.get(kind, kind) for kind in kinds] + types_of(source)[len(kinds) :]


@pytest.mark.parametrize("name", BORDERS)
def test_openpot_quantize(name, tmp_path):
    border = BORDERS[name]
    source = border.make()
    result = openpot.quantize(source, samples_of(border))
    assert not result.failed_stages
    assert result.status == ("nothing quantized" if name == "one axis" else "done")
    assert types_of(result.model) == expected_types(source)
    assert error_of(name, result.model) < LARGEST_ERROR
    assert len(result.output_error) == len(source.outputs)
    assert all(one.skipped == 0 for one in result.output_error)
    assert str(result)
    xml = result.save(tmp_path)
    assert types_of(ov.Core().read_model(xml)) == expected_types(source)


@pytest.mark.parametrize(
    ("algorithm", "name"),
    [*((BY_THE_OUTPUTS, name) for name in BORDERS), *cover_kinds([way for way in ALGORITHMS if way != BY_THE_OUTPUTS])],
)
def test_the_api_of_pot(algorithm, name, tmp_path):
    border = BORDERS[name]
    source = border.make()
    ov.save_model(source, tmp_path / "m.xml", compress_to_fp16=False)
    model = load_model({"model_name": "m", "model": tmp_path / "m.xml", "weights": tmp_path / "m.bin"})
    loader = ListLoader([(sample, None) for sample in samples_of(border)])
    params = {"target_device": "CPU", **ALGORITHMS[algorithm]}
    pipeline = create_pipeline([{"name": "DefaultQuantization", "params": params}], IEEngine({}, loader))
    model = pipeline.run(model)
    compress_model_weights(model)
    (files,) = save_model(model, tmp_path / "out", "m")
    result = ov.Core().read_model(files["model"])
    assert types_of(result) == expected_types(source)
    # POT quantizes more, and has no limit for what the outputs bear.
    bound = LARGEST_ERROR if algorithm == BY_THE_OUTPUTS else 2 * LARGEST_ERROR
    assert error_of(name, result) < bound


OTHER_PIPELINES = {
    "min-max": [("MinMaxQuantization", {})],
    "aligned channels": [("ActivationChannelAlignment", {}), ("MinMaxQuantization", {}), ("FastBiasCorrection", {})],
    "layer-wise tuning": [("DefaultQuantization", {"use_layerwise_tuning": True, "num_samples_for_tuning": 16})],
    "sparsity": [("WeightSparsity", {"sparsity_level": 0.3, "use_layerwise_tuning": True})],
    "noise": [("DefaultQuantization", {}), ("QuantNoiseEstimator", {})],
}
AT_OTHER_BORDERS = ["scalar outputs", "f16", "f64 input", "strings beside", "rows that never come", "nothing but empty"]
AT_OTHER_BORDERS += ["If by data", "batch of 4", "empty cache", "labels alone", "images of any size"]


@pytest.mark.parametrize(("pipeline", "name"), cover_kinds(OTHER_PIPELINES, AT_OTHER_BORDERS))
def test_other_algorithms(pipeline, name):
    border = BORDERS[name]
    source = border.make()
    model = CompressedModel(graph=source)
    loader = ListLoader([(sample, None) for sample in samples_of(border)])
    entries = [{"name": algorithm, "params": params} for algorithm, params in OTHER_PIPELINES[pipeline]]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = create_pipeline(entries, IEEngine({}, loader)).run(model)
    assert not [entry.message for entry in caught if issubclass(entry.category, StageFailedWarning)]
    compress_model_weights(model)
    result = model.members[0].model
    assert types_of(result) == expected_types(source)
    assert error_of(name, result) < 2 * LARGEST_ERROR


def as_archive(border, path):
    """The samples of a border network as an archive of arrays by input name."""
    samples = samples_of(border)
    columns = samples if isinstance(samples[0], Mapping) else [{"data": sample} for sample in samples]
    joined = {key: np.stack([np.asarray(row[key]) for row in columns]) for key in columns[0]}
    names = {port.get_any_name() for port in border.make().inputs}
    if set(joined) == {"data"}:
        joined = {names.pop(): joined["data"]}
    np.savez(
        path, **{key: value[:, 0] if value.ndim > 1 and value.shape[1] == 1 else value for key, value in joined.items()}
    )


FOR_THE_SHELL = [name for name in BORDERS if name not in ("images of any size", "strings", "strings beside")]
"""An archive holds arrays of numbers in one shape."""


@pytest.fixture
def files(tmp_path, monkeypatch, name):
    """A folder with a border network as ``m.xml`` and samples of it as ``x.npz``."""
    monkeypatch.chdir(tmp_path)
    ov.save_model(BORDERS[name].make(), "m.xml", compress_to_fp16=False)
    as_archive(BORDERS[name], "x.npz")
    return tmp_path


def quantize_by_openpot(name):
    answer = CliRunner().invoke(app, ["quantize", "m.xml", "--data", "x.npz", "--output", "out"])
    assert answer.exit_code == (3 if name == "one axis" else 0), answer.output
    return "out/model.xml"


def quantize_by_pot(name):
    config = {
        "model": {"model_name": "m", "model": "m.xml", "weights": "m.bin"},
        "engine": {"type": "openpot", "data": {"npz": "x.npz"}},
        "compression": {"target_device": "CPU", "algorithms": [{"name": "DefaultQuantization", "params": {}}]},
    }
    Path("c.json").write_text(json.dumps(config))
    answer = CliRunner().invoke(pot_app, ["-c", "c.json", "--output-dir", "pot", "-d"])
    assert answer.exit_code == 0, answer.output
    return "pot/optimized/m.xml"


@pytest.mark.parametrize(("command", "name"), cover_kinds([quantize_by_openpot, quantize_by_pot], FOR_THE_SHELL))
def test_both_commands(command, name, files):
    result = ov.Core().read_model(command(name))
    assert types_of(result) == expected_types(BORDERS[name].make())
    assert error_of(name, result) < LARGEST_ERROR


def labelled(count):
    """Samples for a classifier with the place of its largest score as annotation."""
    single = compile_model(classifier(), "CPU")
    samples = [image(number) for number in range(count)]
    return [(sample, int(np.argmax(single([sample])[0]))) for sample in samples]


def is_right(outputs, label):
    assert outputs[0].shape == (1, 5)
    return float(np.argmax(outputs[0]) == label)


@pytest.mark.parametrize("count", [16, 18])
def test_a_metric_of_a_fixed_batch_counts_every_sample_once(count):
    result = openpot.quantize(classifier(batch=4), labelled(count), metric=is_right, validation_share=0)
    assert result.metric_before == {"is_right": 1.0}
    assert result.metric_samples == count
    assert result.metric_after["is_right"] >= 0.8


def test_a_metric_of_a_fixed_batch_can_be_kept():
    result = openpot.quantize(classifier(batch=4), labelled(18), metric=is_right, max_drop=0.01, higher_is_better=True)
    assert result.drop.is_within
    assert result.drop.samples == 9
    assert not result.failed_stages


def test_a_fixed_batch_in_the_data_set_stays_as_it_is():
    source = classifier(batch=4)
    batches = [np.concatenate([image(4 * number + row) for row in range(4)]) for number in range(8)]
    result = openpot.quantize(source, batches)
    assert result.samples_used == 8
    expected, given = (answers(model, [image(500 + n) for n in range(6)]) for model in (source, result.model))
    assert error_between(source, expected, given) < LARGEST_ERROR

"""Whole runs on models that keep a state: calibrated and judged on sequences, through every door."""

from functools import cache

import numpy as np
import pytest

import openpot
from openpot.data.adapt import make_data_loader
from openpot.errors import OpenPotWarning
from openpot.inference.streams import _SINGLE
from openpot.report.records import Status
from stream_models import cache_model, constant, run_streams, steps, stream_model, streams

LONG = 60
FEW, SHORT = 8, 6
"""Streams, and steps of each, where only their form matters."""


def error_on_streams(original, quantized):
    """Of the outputs over whole streams, as a share of their variation."""
    given = streams(6, LONG, seed=900)
    expected, found = (np.stack(run_streams(model, given)) for model in (original, quantized))
    return float(np.sqrt(np.square(expected - found).mean()) / expected.std())


def ranges(model):
    """Width of every activation quantizer, by name."""
    found = {}
    for node in model.get_ops():
        if node.get_type_name() == "FakeQuantize":
            low, high = (np.min(node.input_value(port).get_node().data) for port in (1, 2))
            found[node.get_friendly_name()] = float(high - low)
    return found


@cache
def expected_ranges():
    """Of a run on arrays."""
    return ranges(openpot.quantize(stream_model(), streams(FEW, SHORT)).model)


SPELLINGS = {
    "without the batch axis": lambda data: [one[:, 0] for one in data],
    "lists of dicts": lambda data: [[{"x": step} for step in one] for one in data],
    "generator": iter,
    "columns": lambda data: {"x": np.stack(data)},
}


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_sequences_are_given_in_several_ways_and_mean_the_same(spell):
    result = openpot.quantize(stream_model(), spell(streams(FEW, SHORT)))
    assert ranges(result.model) == expected_ranges()
    assert result.samples_used == FEW
    assert result.status is Status.DONE
    assert not any("keeps a state" in told for told in result.warnings)


@pytest.mark.parametrize(
    "keys",
    [lambda data: {"x": np.stack(data)}, lambda data: {f"{n}|x": one for n, one in enumerate(data)},
     lambda data: {f"{n}|{t}|x": step for n, one in enumerate(data) for t, step in enumerate(one)}],
    ids=["one array", "SAMPLE|INPUT", "SAMPLE|STEP|INPUT"],
)  # fmt: skip
def test_archives_hold_sequences(keys, tmp_path):
    np.savez(tmp_path / "streams.npz", **keys(streams(FEW, SHORT)))
    result = openpot.quantize(stream_model(), tmp_path / "streams.npz")
    assert ranges(result.model) == expected_ranges()


def test_ranges_and_errors_are_those_of_whole_sequences():
    model = stream_model()
    result = openpot.quantize(model, streams(20, LONG))
    assert error_on_streams(model, result.model) < 0.1
    assert result.evidence is not None
    reported = max(seen.relative for seen in result.output_error)
    assert error_on_streams(model, result.model) < 3 * reported
    assert reported < 0.15


def test_single_steps_do_not_clip_the_state():
    model = stream_model()
    with pytest.warns(OpenPotWarning, match="keeps a state"):
        result = openpot.quantize(model, steps(60))
    assert error_on_streams(model, result.model) < 0.25
    assert any("give each sample as arrays with one axis more" in told for told in result.warnings)


def test_a_pipeline_of_pots_calibrates_on_sequences_too():
    model = openpot.load_model({"model_name": "m", "model": stream_model()})
    loader = make_data_loader(steps(60))
    engine = openpot.IEEngine({"device": "CPU"}, loader)
    params = {"stat_subset_size": 60, "preset": "performance"}
    pipeline = openpot.create_pipeline([{"name": "DefaultQuantization", "params": params}], engine)
    with pytest.warns(OpenPotWarning, match="keeps a state"):
        pipeline.run(model)
    assert error_on_streams(stream_model(), model.members[0].model) < 0.25
    assert engine.data_loader is loader


def test_a_metric_sees_the_outputs_of_all_steps_at_once():
    seen = []

    def last_step(outputs, annotation):
        seen.append(outputs[0].shape)
        return float(outputs[0][-1, 0, 0] > annotation)

    data = [(one, 0.0) for one in streams(8, 5)]
    result = openpot.quantize(stream_model(), data, metric=last_step, validation_share=0)
    assert set(seen) == {(5, 1, 4)}
    assert result.metric_before is not None
    assert result.metric_samples == 8


def test_a_drop_is_searched_for_on_sequences():
    data = list(zip(streams(8, 5), run_streams(stream_model(), streams(8, 5)), strict=True))

    def closeness(outputs, annotation):
        return float(-np.abs(outputs[0] - annotation).mean())

    result = openpot.quantize(stream_model(), data, metric=closeness, max_drop=1.0, higher_is_better=True)
    assert result.drop is not None
    assert result.drop.is_within


def test_a_growing_state_takes_steps_of_different_shapes():
    rng = np.random.default_rng(0)
    data = [[{"x": rng.standard_normal((1, size, 8)).astype(np.float32)} for size in (5, 1, 1, 1)] for _ in range(12)]
    result = openpot.quantize(cache_model(), data)
    assert result.output_error[0].relative < 0.2
    assert not any(told.startswith(_SINGLE) for told in result.warnings)


def test_a_stateless_model_refuses_sequences():
    with pytest.raises(openpot.OpenPotError, match="keeps no state"):
        openpot.quantize(stateless(), [[{"x": step} for step in steps(3)]] * 4)


def stateless():
    import openvino as ov
    from openvino import opset13 as op

    x = op.parameter([1, 8], np.float32, name="x")
    return ov.Model([op.result(op.matmul(x, constant(0, 8, 8), False, False))], [x], "plain")

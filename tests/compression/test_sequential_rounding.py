import numpy as np
import pytest

import openvino as ov
from compressible_models import language_model, relative_error, run, token_samples, weights
from openpot.compression.choose_formats import choose_formats
from openpot.compression.code_rows import code_rows
from openpot.compression.compress_model import find_model_weights, store_choices
from openpot.compression.sequential_rounding import can_follow_outputs, round_sequentially
from openpot.config.ignored_scope import IgnoredScope
from openpot.config.weight_compression import WeightCompressionConfig
from openpot.current_run import CurrentRun, running
from openpot.errors import ModelError
from openpot.graph.revisions import snapshot_graphs
from openpot.journal import Journal
from openvino import opset13 as op
from stream_models import stream_model


def choices_of(model, weight_format="int4_asym"):
    found = find_model_weights(model, IgnoredScope()).tensors
    formats = {"weight_format": weight_format, "table_format": weight_format, "group_size": 32}
    choices, _ = choose_formats(found, WeightCompressionConfig(**formats))
    return choices


def followed(model, choices):
    return [choice for choice in choices if can_follow_outputs(snapshot_graphs(model)[""], choice)]


def test_products_of_data_and_a_matrix_are_followed_and_tables_are_not():
    model = language_model()
    assert [choice.weights.name for choice in followed(model, choices_of(model))] == ["up", "down"]


@pytest.mark.parametrize("weight_format", ["int4_asym", "nf4", "int2_asym"])
def test_outputs_stay_closer_than_with_weights_rounded_each_by_itself(weight_format):
    source = language_model()
    feeds = [{0: sample} for sample in token_samples(40, seed=1)]
    held_out = token_samples(10, seed=2)
    errors = []
    for by_data in (False, True):
        model = source.clone()
        choices = choices_of(model, weight_format)
        codes = round_sequentially(model, followed(model, choices), feeds) if by_data else {}
        store_choices(model, [one for one in choices if one.weights.name != "embedding"], known=codes)
        errors.append(relative_error(run(source, held_out), run(model, held_out)))
    assert errors[1] < 0.9 * errors[0]


def test_the_same_codes_every_time():
    model = language_model()
    feeds = [{0: sample} for sample in token_samples(8)]
    first, second = (round_sequentially(model, followed(model, choices_of(model)), feeds) for _ in range(2))
    for tensor, one in first.items():
        assert np.array_equal(one.coded.codes, second[tensor].coded.codes)
        assert np.array_equal(one.coded.scale, second[tensor].coded.scale)


def two_products(element_type, first):
    data = op.parameter([-1, 64], element_type, name="x")
    up = op.relu(op.matmul(data, op.constant(first.astype(element_type), name="up_w"), False, True, name="up"))
    down = op.matmul(up, op.constant(weights(1, 32, 96).astype(element_type), name="down_w"), False, True, name="down")
    return ov.Model([op.result(down)], [data], "two_products")


@pytest.mark.parametrize("element_type", [np.float16, np.float64])
def test_models_that_compute_in_another_float_type(element_type):
    model = two_products(element_type, weights(0, 96, 64))
    feeds = [{0: weights(seed, 4, 64).astype(element_type)} for seed in range(4)]
    (up, down) = round_sequentially(model, followed(model, choices_of(model)), feeds).values()
    assert 0 < up.error < 0.05
    assert 0 < down.error < 0.05


def test_weights_that_are_all_zero_have_no_error():
    model = two_products(np.float32, np.zeros((96, 64)))
    first, *_ = round_sequentially(model, followed(model, choices_of(model)), [{0: weights(0, 4, 64)}]).values()
    assert first.error == 0


def test_a_model_that_keeps_a_state_is_refused():
    with pytest.raises(ModelError, match="keeps a state"):
        round_sequentially(stream_model(), [], [])


def test_a_run_that_was_killed_codes_no_layer_twice(tmp_path, monkeypatch):
    model, feeds = language_model(), [{0: sample} for sample in token_samples(8, seed=1)]
    choices = followed(model, choices_of(model))
    whole = round_sequentially(model, choices, feeds)
    coded, is_first = [], True

    def code_until_killed(targets, choice, *rest):
        coded.append(choice.weights.name)
        if choice.weights.name == "down" and is_first:
            raise KeyboardInterrupt
        return code_rows(targets, choice, *rest)

    monkeypatch.setattr("openpot.compression.sequential_rounding.code_rows", code_until_killed)
    with pytest.raises(KeyboardInterrupt), running(CurrentRun(Journal(tmp_path))):
        round_sequentially(model, choices, feeds)
    coded, is_first = [], False
    with running(CurrentRun(Journal(tmp_path))):
        resumed = round_sequentially(model, choices, feeds)
    assert "up" not in coded
    for tensor, result in whole.items():
        assert resumed[tensor].coded.codes.tobytes() == result.coded.codes.tobytes()
        assert resumed[tensor].coded.scale.tobytes() == result.coded.scale.tobytes()

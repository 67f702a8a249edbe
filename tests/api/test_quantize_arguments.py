"""What is asked for is checked before anything is read or run."""

from typing import get_args

import pytest

import openpot
from metric_engines import Agreement
from openpot.api.quantize_arguments import TargetDevice, add_drop, leave_out, validate
from openpot.config.accuracy_aware import AccuracyAwareConfig
from openpot.config.target_devices import load_target_devices
from openpot.data.callable_metric import make_metric
from openpot.errors import ConfigError, MetricError, UnknownNameError
from openpot.graph.read import read_model
from toy_models import tiny_cnn


def wishes(**changes):
    stated = {"preset": "mixed", "target_device": "CPU", "ignored_scope": ["conv2"], "subset_size": 7, "seed": 3}
    return validate(**(stated | changes))


def test_type_checkers_know_every_device():
    assert set(get_args(TargetDevice)) == set(load_target_devices())


def test_without_a_drop_the_outputs_decide():
    assert add_drop(wishes(), Agreement(), None, "absolute") == wishes()


def test_a_drop_takes_every_other_wish_along_and_the_metric_decides():
    found = add_drop(wishes(), Agreement(), 0.02, "relative")
    assert isinstance(found, AccuracyAwareConfig)
    assert (found.maximal_drop, found.drop_type, found.max_output_error) == (0.02, "relative", None)
    for key in ("preset", "target_device", "ignored", "stat_subset_size", "shuffle_data", "seed"):
        assert getattr(found, key) == getattr(wishes(), key), key


def test_no_budget_for_the_outputs_is_no_second_target():
    assert add_drop(wishes(max_output_error=None), Agreement(), 0.02, "absolute").max_output_error is None


@pytest.mark.parametrize(
    ("metric", "drop", "kind", "changes", "words"),
    [
        (None, 0.01, "absolute", {}, "there is no metric"),
        (Agreement(), None, "relative", {}, "state max_drop too"),
        (Agreement(), -0.01, "absolute", {}, "max_drop"),
        (Agreement(), float("nan"), "absolute", {}, "max_drop"),
        (Agreement(), "much", "absolute", {}, "max_drop"),
        (Agreement(), 0.01, "percent", {}, "drop_type"),
        (Agreement(), 0.01, "absolute", {"max_output_error": 0.5}, "state one of them"),
    ],
    ids=["no metric", "no drop", "negative", "nan", "text", "unknown type", "two targets"],
)
def test_what_is_not_possible_is_refused(metric, drop, kind, changes, words):
    with pytest.raises(ConfigError, match=words):
        add_drop(wishes(**changes), metric, drop, kind)


def loss(outputs, annotation):
    return float(abs(outputs[0] - annotation).mean())


def test_a_drop_of_a_function_needs_its_direction():
    with pytest.raises(ConfigError, match=r"function 'loss'.*higher_is_better=True or higher_is_better=False"):
        add_drop(wishes(), make_metric(loss), 0.02, "absolute")
    assert add_drop(wishes(), make_metric(loss, higher_is_better=False), 0.02, "absolute").maximal_drop == 0.02
    assert add_drop(wishes(), make_metric(loss), None, "absolute") == wishes()


class Contradiction(Agreement):
    higher_better = False


class Undirected(Agreement):
    direction = None


@pytest.mark.parametrize(("metric", "words"), [(Contradiction(), "make them agree"), (Undirected(), "direction")])
def test_a_metric_that_says_its_direction_in_two_ways_or_not_at_all_keeps_no_drop(metric, words):
    with pytest.raises(MetricError, match=words):
        add_drop(wishes(), metric, 0.02, "absolute")


@pytest.mark.parametrize(
    ("changes", "spelled", "internal"),
    [
        ({"preset": "fast"}, "preset", "DefaultQuantization"),
        ({"seed": "x"}, "seed", "params"),
        ({"ignored_scope": {"scope": 3}}, "ignored_scope", "ignored."),
    ],
)
def test_errors_name_arguments_as_they_were_spelled(changes, spelled, internal):
    with pytest.raises(ConfigError) as caught:
        wishes(**changes)
    assert spelled in str(caught.value)
    assert internal not in str(caught.value)


def test_patterns_and_types_leave_operations_in_float():
    scope = {"names": ["fc"], "patterns": ["conv[12]"], "types": ["MatMul"]}
    config = leave_out(read_model(tiny_cnn()), wishes(ignored_scope=scope), scope)
    ignored = config.ignored.select_for()
    assert sorted(ignored.scope) == ["conv1", "conv2", "fc"]
    assert [operation.type for operation in ignored.operations] == ["MatMul"]
    plan = openpot.inspect(tiny_cnn(), ignored_scope={"patterns": ["conv.*"]}).plan
    assert [entry.operation for entry in plan.decisions if entry.quantized] == ["fc"]


@pytest.mark.parametrize(
    ("patterns", "error", "words"),
    [
        (["conv"], UnknownNameError, "no operation of the model matches the pattern 'conv'"),
        (["conv("], ConfigError, "no regular expression"),
        ("conv.*", ConfigError, "must be a list"),
    ],
)
def test_patterns_that_leave_nothing_out_are_refused(patterns, error, words):
    scope = {"patterns": patterns}
    with pytest.raises(error, match=words):
        leave_out(read_model(tiny_cnn()), wishes(ignored_scope=scope), scope)

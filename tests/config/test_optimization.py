import pytest

from openpot.algorithms.algorithm_registry import AlgorithmConfigs
from openpot.config.optimization import ParamsGridSearchConfig
from openpot.config.parse import parse_algorithm
from openpot.errors import ConfigError


def ranges(**params):
    return parse_algorithm("RangeOptimization", params, AlgorithmConfigs())


def test_the_defaults_of_range_optimization_are_those_of_pot():
    config = ranges()
    assert (config.maxiter, config.lower_boxsize, config.upper_boxsize, config.zero_boxsize) == (100, 0.08, 0.02, 0.05)
    assert (config.metric_name, config.error_function, config.stochastic) == ("accuracy@top1", "metric", False)


def test_a_single_name_is_a_list_of_one():
    assert ParamsGridSearchConfig(metrics="f1").metrics == ("f1",)
    assert ranges(optimization_scope="conv1").optimization_scope == ("conv1",)


def test_several_optimizers_have_a_number_of_iterations_each():
    assert ranges().iterations == (100,)
    assert ranges(optimizer_name=["A", "B"], maxiter=[3, 4]).iterations == (3, 4)
    assert ranges(optimizer_name=["A", "B"], maxiter=5).iterations == (5, 5)


def test_ranges_to_set_are_one_dict_or_several():
    assert ranges(activation_ranges_to_set={"fq": [0, 2]}).ranges_to_set == {"fq": (0.0, 2.0)}
    assert ranges(activation_ranges_to_set=[{"a": [-1, 2]}, {"b": [0, 1]}]).ranges_to_set == {"a": (-1, 2), "b": (0, 1)}


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"opt_backend": "optuna"}, "grid_search"),
        ({"maxiter": -1}, "maxiter cannot be negative"),
        ({"maxiter": [1, 2]}, "as many names of optimizers"),
        ({"lower_boxsize": 1.0}, "lower_boxsize"),
        ({"error_function": "noise"}, "quantization_noise"),
        ({"activation_ranges_to_set": [{"fq": [1, 1]}]}, "'fq' needs a low end below its high end"),
    ],
    ids=["backend", "negative", "several", "box", "error function", "empty range"],
)
def test_impossible_values_are_refused(params, message):
    with pytest.raises(ConfigError, match=message):
        ranges(**params)

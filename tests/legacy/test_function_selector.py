import numpy as np
import pytest

from openpot.errors import UnknownNameError
from openpot.legacy import function_selector as selector

CUBE = np.arange(16.0).reshape(2, 2, 2, 2)


@pytest.mark.parametrize(
    ("kind", "name", "granularity", "expected"),
    [
        ("activations", "min", "perchannel", [[0, 4], [8, 12]]),
        ("activations", "max", "perchannel", [[3, 7], [11, 15]]),
        ("activations", "mean", "perchannel", [[1.5, 5.5], [9.5, 13.5]]),
        ("activations", "min", "pertensor", [0, 8]),
        ("activations", "abs_max", "pertensor", [7, 15]),
        ("weights", "min", "perchannel", [0, 8]),
        ("weights", "max", "pertensor", 15),
    ],
)
def test_functions_are_found_by_type_name_and_granularity(kind, name, granularity, expected):
    function = selector.get_stats_function(kind, name, granularity, "compute_statistic")
    np.testing.assert_allclose(function(CUBE), expected)


def test_values_that_the_model_reduced_come_back_as_they_are():
    function = selector.get_stats_function("activations", "max", "pertensor", "statistic_in_graph")
    np.testing.assert_array_equal(function(np.float32(3)), [3])


@pytest.mark.parametrize(("name", "expected"), [("mean", [3, 4]), ("max", [6, 7]), ("hl_estimator", [3, 4])])
def test_aggregators_are_found_by_name(name, expected):
    np.testing.assert_allclose(selector.get_aggregation_function(name)(np.arange(8.0).reshape(2, 2, 2)), expected)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: selector.get_stats_function("gradients", "max", "pertensor", "compute_statistic"),
        lambda: selector.get_stats_function("weights", "maximum", "pertensor", "compute_statistic"),
        lambda: selector.get_stats_function("activations", "max", "pergroup", "compute_statistic"),
        lambda: selector.get_stats_function("activations", "max", "pertensor", "in_place"),
        lambda: selector.get_aggregation_function("average"),
    ],
    ids=["type", "name", "granularity", "way", "aggregator"],
)
def test_unknown_names_are_key_errors(ask):
    with pytest.raises(UnknownNameError):
        ask()


def test_registries_are_read_by_name():
    assert selector.ACTIVATIONS_STATS_FN["compute_statistic"]["perchannel"].get("max") is not None
    assert selector.WEIGHTS_STATS_FN[selector.PERTENSOR]["max"](CUBE) == 15

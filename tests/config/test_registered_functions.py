import pytest
from pydantic import ValidationError

from openpot.config import registered_functions as registered
from openpot.config.range_estimator import EstimatorAggregator, EstimatorEnd, EstimatorType
from openpot.errors import UnknownNameError


@pytest.fixture
def table(monkeypatch):
    monkeypatch.setattr(registered, "_tables", {})
    functions = {"mine": max, "mean": min}
    registered.publish_functions(registered.AGGREGATORS, "", functions)
    registered.publish_functions(registered.WEIGHTS, "pertensor", functions)
    return functions


def test_names_of_users_stand_beside_openpots_own(table):
    end = EstimatorEnd(type="mine", aggregator="mine")
    assert isinstance(end.type, registered.RegisteredName)
    assert (end.type, end.aggregator, end.type.is_quantile) == ("mine", "mine", False)
    assert EstimatorEnd(aggregator="mean").aggregator is EstimatorAggregator.MEAN, "openpot's own name stays its own"
    assert EstimatorEnd(type="max").type is EstimatorType.MAX


def test_functions_that_are_added_later_count(table):
    table["later"] = sum
    assert EstimatorEnd(type="later").type == "later"
    assert registered.find_function(registered.WEIGHTS, "pertensor", "later") is sum


@pytest.mark.parametrize("field", ["type", "aggregator"])
def test_a_name_that_nobody_registered_is_refused_as_before(field, table):
    with pytest.raises(ValidationError, match="Input should be 'm"):
        EstimatorEnd(**{field: "nothing"})


def test_a_function_for_something_else_is_not_found(table):
    assert not registered.is_registered("mine", registered.ACTIVATIONS)
    with pytest.raises(UnknownNameError, match="no function 'mine' is registered for weights perchannel"):
        registered.find_function(registered.WEIGHTS, "perchannel", "mine")

import pytest

from openpot.config.algorithms import MinMaxConfig
from openpot.config.parse import parse_algorithm
from openpot.config.tuning import OperationChoiceConfig, TunableQuantizationConfig, TuningAspect
from openpot.errors import ConfigError, UnknownNameError

KNOWN = {"TunableQuantization": TunableQuantizationConfig, "MinMaxQuantization": MinMaxConfig}


def parsed(**params):
    return parse_algorithm("TunableQuantization", params, KNOWN)


def test_what_may_differ_is_what_the_hardware_table_tells_unless_stated():
    assert parsed().tuning_scope == (TuningAspect.BITS, TuningAspect.MODE, TuningAspect.GRANULARITY)
    assert parsed(tuning_scope=["layer"], outlier_prob_choices=[1e-2]).outlier_prob_choices == (1e-2,)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"tuning_scope": ["colour"]}, ConfigError, "estimator_aggregator"),
        ({"outlier_prob_choices": [0.5]}, ConfigError, "less than 0.5"),
        ({"tuning_scopes": ["bits"]}, UnknownNameError, "did you mean 'tuning_scope'"),
    ],
    ids=["aspect", "share", "key"],
)
def test_wrong_parameters_are_refused(params, error, message):
    with pytest.raises(error, match=message):
        parsed(**params)


def test_a_choice_may_be_written_with_numbers_as_pot_did():
    assert OperationChoiceConfig.model_validate({"quantize": 0}).quantize is False
    assert OperationChoiceConfig.model_validate({"quantize": 1, "weights": {"bits": 4}}).weights.bits == 4

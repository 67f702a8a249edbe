"""Faults of a configuration as sentences."""

import pytest
from pydantic import ValidationError

from openpot.config.algorithms import MinMaxConfig
from openpot.config.error_lines import format_error, list_keys


@pytest.mark.parametrize(
    ("params", "line"),
    [
        ({"presett": 1}, "X.presett: there is no such key; did you mean 'preset'?"),
        ({"weights": {"bitz": 1}}, "X.weights.bitz: there is no such key; did you mean 'bits'?"),
        (
            {"activations": {"range_estimator": {"max": {"agregator": 1}}}},
            "X.activations.range_estimator.max.agregator: there is no such key; did you mean 'aggregator'?",
        ),
        (
            {"layerwise_configs": [{"fq": {"bit": 1}}]},
            "X.layerwise_configs[0].fq.bit: there is no such key; did you mean 'bits'?",
        ),
        ({"ignored": {"scop": []}}, "X.ignored.scop: there is no such key; did you mean 'scope'?"),
        ({"ignored": {"pnet": {"scop": []}}}, "X.ignored.pnet.scop: there is no such key; did you mean 'scope'?"),
        ({"ignored": {"operations": [{}]}}, "X.ignored.operations[0].type: this key is needed"),
        ({"stat_subset_size": 0}, "X.stat_subset_size: should be greater than or equal to 1, got 0"),
        ({"preset": "fast"}, "X.preset: should be 'performance', 'mixed' or 'accuracy', got 'fast'"),
    ],
    ids=["key", "nested", "estimator", "list", "ignored", "cascade", "missing", "number", "choice"],
)  # fmt: skip
def test_a_fault_is_one_line_with_its_path(params, line):
    with pytest.raises(ValidationError) as caught:
        MinMaxConfig.model_validate(params)
    (fault,) = caught.value.errors()
    assert format_error("X", fault, MinMaxConfig) == line


def test_there_are_no_keys_below_a_number():
    assert list_keys(MinMaxConfig, ["seed"]) == ()
    assert "seed" in list_keys(MinMaxConfig, [])

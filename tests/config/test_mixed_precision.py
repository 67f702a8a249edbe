"""The parameters of quantization with weights of different widths."""

import pytest
from pydantic import ValidationError

from openpot.config.mixed_precision import INT4MixedQuantizationConfig


def test_defaults_are_those_of_pot():
    config = INT4MixedQuantizationConfig()
    assert (config.maximal_drop, config.drop_type, config.max_iter_num) == (0.01, "absolute", None)


@pytest.mark.parametrize("params", [{"maximal_drop": -1}, {"drop_type": "half"}, {"max_iter_num": 0}], ids=str)
def test_impossible_values_are_refused(params):
    with pytest.raises(ValidationError):
        INT4MixedQuantizationConfig(**params)

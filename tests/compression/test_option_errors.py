import numpy as np
import pytest

from compressible_models import language_model
from openpot.compression.compress_model import find_model_weights
from openpot.compression.format_options import list_options
from openpot.compression.option_errors import compute_option_errors
from openpot.compression.weight_source import WeightSource
from openpot.config.ignored_scope import IgnoredScope
from openpot.graph.node_index import NodeIndex


def given():
    model = language_model()
    weights = next(w for w in find_model_weights(model, IgnoredScope()).tensors if w.name == "up")
    return WeightSource(NodeIndex(model), weights), list_options(weights)


def test_errors_fall_with_the_bits_by_about_the_square_of_the_step():
    errors = compute_option_errors(*given())
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > 4 * errors[1]
    assert errors[-1] < errors[1] / 50


def test_inputs_that_are_always_zero_do_not_count():
    source, options = given()
    strength = np.ones(64)
    strength[5] = 0
    changed = compute_option_errors(source, options, strength)
    assert changed != pytest.approx(compute_option_errors(source, options), rel=1e-6)
    assert compute_option_errors(source, options, 7 * np.ones(64)) == pytest.approx(
        compute_option_errors(source, options)
    )

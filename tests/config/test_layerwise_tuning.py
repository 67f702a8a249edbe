import pytest

from openpot.algorithms.algorithm_registry import AlgorithmConfigs
from openpot.config.parse import parse_algorithm
from openpot.errors import ConfigError, UnknownNameError


def parsed(name="DefaultQuantization", **params):
    return parse_algorithm(name, params, AlgorithmConfigs())


def test_the_defaults_are_those_of_pot():
    config = parsed()
    assert (config.use_layerwise_tuning, config.optimizer, config.loss) == (False, "Adam", "l2")
    assert (config.weights_lr, config.bias_lr, config.scale_lr, config.weight_fq.min_lr) == (1e-5, 1e-4, 1e-6, 1e-6)
    assert (config.num_samples_for_tuning, config.batch_size, config.calibration_indices_pool) == (5000, 25, 300)
    assert (config.use_only_fp_inputs, config.update_every_batch) == (False, True)
    sparse = parsed("WeightSparsity", sparsity_level=0.5)
    assert (sparse.num_samples_for_tuning, sparse.batch_size, sparse.tuning_iterations) == (2000, 50, 30)
    assert (sparse.use_only_fp_inputs, sparse.calculate_grads_on_loss_increase_only) == (True, True)


@pytest.mark.parametrize(
    ("name", "params", "error", "message"),
    [
        ("DefaultQuantization", {"weight_fq": {"lr": 1}}, UnknownNameError, "weight_fq"),
        ("DefaultQuantization", {"loss": "l1"}, ConfigError, "loss"),
        ("DefaultQuantization", {"calibration_indices_pool": 0}, ConfigError, "calibration_indices_pool"),
        ("WeightSparsity", {"sparsity_level": 0.5, "use_only_fp_inputs": False}, ConfigError, "inputs of the float"),
    ],
)
def test_impossible_values_are_refused(name, params, error, message):
    with pytest.raises(error, match=message):
        parsed(name, **params)

from openpot.legacy.algorithm_lists import QUANTIZATION_ALGORITHMS, SPARSITY_ALGORITHMS
from openpot.registry import COMPRESSION_ALGORITHMS


def test_listed_algorithms_are_those_that_a_pipeline_can_name():
    assert set(QUANTIZATION_ALGORITHMS + SPARSITY_ALGORITHMS) == set(COMPRESSION_ALGORITHMS.registry_dict)

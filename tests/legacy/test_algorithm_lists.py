from openpot.legacy.algorithm_lists import QUANTIZATION_ALGORITHMS, SPARSITY_ALGORITHMS
from openpot.registry import COMPRESSION_ALGORITHMS

NOT_IN_POT = {"WeightCompression"}


def test_listed_algorithms_are_those_that_a_pipeline_can_name():
    known = set(COMPRESSION_ALGORITHMS.registry_dict)
    assert set(QUANTIZATION_ALGORITHMS + SPARSITY_ALGORITHMS) == known - NOT_IN_POT
    assert known >= NOT_IN_POT

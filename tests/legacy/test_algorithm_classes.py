import importlib

import pytest

from openpot.graph.model import CompressedModel
from openpot.legacy import algorithm_classes
from openpot.legacy.algorithm_classes import ALGORITHM_CLASSES, MagnitudeSparsity
from openpot.legacy.algorithm_lists import QUANTIZATION_ALGORITHMS, SPARSITY_ALGORITHMS
from openpot.legacy.pot_parameters import PotParameters
from openpot.registry import get_algorithm_class
from toy_models import tiny_cnn


def test_every_listed_algorithm_has_its_class():
    assert {kind.__name__ for kind in ALGORITHM_CLASSES} == {*QUANTIZATION_ALGORITHMS, *SPARSITY_ALGORITHMS}


@pytest.mark.parametrize("kind", ALGORITHM_CLASSES, ids=lambda kind: kind.__name__)
def test_a_class_is_openpots_own_with_pots_parameters(kind):
    own = get_algorithm_class(kind.name)
    assert issubclass(kind, own)
    assert kind._parse is PotParameters._parse
    assert kind.__doc__ == f":class:`{own.__module__}.{own.__name__}`."
    assert importlib.import_module(own.__module__)


def test_families_are_those_of_pot():
    common = algorithm_classes.AccuracyAwareCommon
    assert issubclass(algorithm_classes.AccuracyAwareGNA, common)
    assert issubclass(algorithm_classes.TunableQuantization, algorithm_classes.MinMaxQuantization)


def test_constants_of_weights_are_found_for_sparsity():
    model = CompressedModel(graph=tiny_cnn())
    whole = MagnitudeSparsity({"sparsity_level": 0.3}, None)
    assert [node.name for node in whole._get_all_weights_nodes(model)] == ["conv1_w", "conv2_w", "fc_w"]
    partly = MagnitudeSparsity({"sparsity_level": 0.3, "ignored": {"scope": ["conv2"]}}, None)
    assert [node.name for node in partly._get_all_weights_nodes(model)] == ["conv1_w", "fc_w"]

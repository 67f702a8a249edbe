import importlib

import pytest

from openpot.legacy import algorithm_classes
from openpot.legacy.algorithm_classes import ALGORITHM_CLASSES
from openpot.legacy.algorithm_lists import QUANTIZATION_ALGORITHMS, SPARSITY_ALGORITHMS
from openpot.legacy.pot_parameters import PotParameters
from openpot.registry import algorithm_class


def test_every_listed_algorithm_has_its_class():
    assert {kind.__name__ for kind in ALGORITHM_CLASSES} == {*QUANTIZATION_ALGORITHMS, *SPARSITY_ALGORITHMS}


@pytest.mark.parametrize("kind", ALGORITHM_CLASSES, ids=lambda kind: kind.__name__)
def test_a_class_is_openpots_own_with_pots_parameters(kind):
    own = algorithm_class(kind.name)
    assert issubclass(kind, own)
    assert kind._parsed is PotParameters._parsed
    assert kind.__doc__ == f":class:`{own.__module__}.{own.__name__}`."
    assert importlib.import_module(own.__module__)


def test_families_are_those_of_pot():
    common = algorithm_classes.AccuracyAwareCommon
    assert issubclass(algorithm_classes.AccuracyAwareGNA, common)
    assert issubclass(algorithm_classes.TunableQuantization, algorithm_classes.MinMaxQuantization)

import pytest

from openpot.attribute_dict import AttributeDict
from openpot.config.algorithms import MinMaxConfig
from openpot.errors import OpenPotWarning
from openpot.legacy.algorithm_classes import MagnitudeSparsity, MinMaxQuantization
from openpot.legacy.pot_parameters import understood_parameters


def test_what_counts_and_what_does_not():
    kept, faults = understood_parameters(
        "MinMaxQuantization", MinMaxConfig, {"name": "MinMaxQuantization", "preset": "mixed", "presett": 1}
    )
    assert kept == {"preset": "mixed"}
    assert [fault.line.split(":")[0] for fault in faults] == ["MinMaxQuantization.params.presett"]


@pytest.mark.filterwarnings("error")
def test_constructors_take_the_name_and_the_indices_of_pots_tests():
    algorithm = MinMaxQuantization(
        AttributeDict({"name": "MinMaxQuantization", "target_device": "CPU", "subset_indices": [0], "ignored": []})
    )
    assert algorithm.settings.target_device == "CPU"
    assert algorithm.config.name == "MinMaxQuantization"


def test_a_whole_configuration_instead_of_parameters_is_passed_over():
    with pytest.warns(OpenPotWarning) as caught:
        MagnitudeSparsity({"model": {"model": "net.xml"}, "sparsity_level": 0.5}, None)
    assert ["MagnitudeSparsity.params.model" in str(one.message) for one in caught] == [True]


def test_subclasses_find_parameters_of_their_own_in_config():
    class Tuned(MinMaxQuantization):
        name = "TunedMinMax"

        def __init__(self, config, engine):
            super().__init__(config, engine)
            self.alpha = self._config.alpha

    with pytest.warns(OpenPotWarning, match=r"TunedMinMax\.params\.alpha"):
        assert Tuned({"alpha": 0.25, "preset": "mixed"}, None).alpha == 0.25


def test_new_parameters_are_taken_in_the_same_way():
    algorithm = MinMaxQuantization({}, None)
    with pytest.warns(OpenPotWarning, match=r"presett"):
        algorithm.update_config({"presett": 1, "preset": "mixed"})
    assert algorithm.settings.preset == "mixed"

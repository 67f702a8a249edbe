"""Algorithms with validated settings."""

import pytest

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.context import Calibration
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.config.algorithms import MinMaxConfig
from openpot.config.presets import Preset
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import ConfigError, UnknownNameError
from openpot.graph.model import CompressedModel
from openpot.statistics.calibration_subset import CalibrationSubset
from toy_engines import labelled_images
from toy_models import tiny_cnn


def test_parameters_are_validated_when_the_algorithm_is_made():
    with pytest.raises(UnknownNameError, match=r"presett.*did you mean 'preset'"):
        MinMaxQuantization({"presett": "mixed"})
    with pytest.raises(ConfigError, match="stat_subset_size"):
        MinMaxQuantization({"stat_subset_size": 0})


def test_parameters_are_validated_when_they_are_replaced():
    algorithm = MinMaxQuantization({"preset": "mixed"})
    algorithm.update_config({"preset": "accuracy"})
    assert algorithm.settings.preset == Preset.ACCURACY
    with pytest.raises(UnknownNameError, match="presett"):
        algorithm.update_config({"presett": "mixed"})


def test_subclasses_with_a_name_of_their_own_have_the_parameters_of_their_base():
    class Mine(MinMaxQuantization):
        name = "Mine"

    assert Mine({"preset": "mixed"}).settings.preset == Preset.MIXED
    with pytest.raises(UnknownNameError, match=r"Mine.params.presett"):
        Mine({"presett": "mixed"})


def test_settings_can_be_given_ready_made():
    algorithm = MinMaxQuantization(MinMaxConfig(preset="mixed", stat_subset_size=4))
    assert algorithm.settings.stat_subset_size == 4
    assert algorithm.config["preset"] == "mixed"


def test_the_subset_follows_the_settings():
    algorithm = MinMaxQuantization({"stat_subset_size": 4, "stat_batch_size": 2, "shuffle_data": True, "seed": 5})
    assert algorithm.calibration_subset() == CalibrationSubset(4, 2, True, 5)


class Recording(CalibratedAlgorithm):
    name = "MinMaxQuantization"
    config_class = MinMaxConfig
    calibration = None

    def apply(self, model, calibration):
        self.calibration = calibration
        if self.settings.dump_intermediate_model:
            raise ConfigError("as the test wants it")
        return "record"


def test_run_alone_calibrates_and_keeps_the_record():
    algorithm = Recording({}, IEEngine({}, labelled_images(2)))
    model = CompressedModel(graph=tiny_cnn())
    assert algorithm.run(model) is model
    assert (algorithm.result, algorithm.calibration.statistics) == ("record", {})


def test_a_calibration_serves_one_run_only_even_if_it_fails():
    algorithm = Recording({"dump_intermediate_model": True}, IEEngine({}, labelled_images(2)))
    first = Calibration({"spec": "value"})
    algorithm.receive_calibration(first)
    with pytest.raises(ConfigError):
        algorithm.run(CompressedModel(graph=tiny_cnn()))
    assert algorithm.calibration is first
    with pytest.raises(ConfigError):
        algorithm.run(CompressedModel(graph=tiny_cnn()))
    assert algorithm.calibration.statistics == {}

import logging
import os

import pytest

from openpot.errors import ConfigError, DeviceError
from openpot.inference.settings import EngineSettings, clip_requests


def test_the_processor_is_the_default():
    assert EngineSettings.from_config({}) == EngineSettings("CPU", 0, None, None, True)


def test_keys_of_others_are_left_alone():
    config = {"device": "cpu", "stat_requests_number": 4, "batch_dim": 1, "outputs": {"regions": []}, "prefetch": False}
    assert EngineSettings.from_config(config) == EngineSettings("CPU", 1, 4, None, False)


@pytest.mark.parametrize("value", [-1, 1.5, "4", True])
@pytest.mark.parametrize("key", ["batch_dim", "stat_requests_number", "eval_requests_number"])
def test_wrong_numbers_are_refused_by_name(key, value):
    with pytest.raises(ConfigError, match=f"{key} must be a whole number"):
        EngineSettings.from_config({key: value})


def test_a_missing_device_is_refused():
    with pytest.raises(DeviceError, match="available"):
        EngineSettings.from_config({"device": "XPU"})


@pytest.mark.parametrize("number", [None, 0])
def test_no_number_leaves_it_to_the_runtime(number):
    assert clip_requests(number) == 0


def test_too_many_requests_are_clipped_and_logged(caplog):
    most = os.cpu_count()
    with caplog.at_level(logging.WARNING, "openpot"):
        assert clip_requests(most + 3) == most
    assert f"Number of requests {most + 3} is out of range [1, {most}]" in caplog.text
    assert clip_requests(1) == 1

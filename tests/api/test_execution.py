"""How a run is carried out."""

import pytest

from openpot.api.execution import Execution
from openpot.api.quantize_arguments import validate
from openpot.api.split_data import SplitData
from openpot.current_run import current_run
from openpot.data.adapt import make_data_loader
from openpot.errors import OpenPotWarning
from openpot.run_folder import IDENTITY
from toy_models import images, tiny_cnn


def record(folder, seed=0):
    """Whether the block of a run is recorded."""
    loader = make_data_loader(images(3))
    config = validate("performance", "CPU", None, seed=seed)
    with Execution(run_folder=folder).recording(tiny_cnn(), SplitData(loader, loader, loader), config, None):
        return current_run().is_recorded


def test_steps_are_recorded_if_there_is_a_folder(tmp_path):
    assert not record(None)
    assert record(tmp_path)
    assert (tmp_path / IDENTITY).is_file()


def test_other_options_are_noticed(tmp_path):
    record(tmp_path)
    with pytest.warns(OpenPotWarning, match="settings.seed was 0 and is 1"):
        record(tmp_path, seed=1)

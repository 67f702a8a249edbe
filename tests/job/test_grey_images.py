"""Whether a configuration means images of one channel."""

import numpy as np
import pytest

from openpot.config.run import parse_run
from openpot.job.grey_images import takes_grey
from openpot.job.known_names import collect_known_names
from openvino import Model, save_model
from openvino import opset13 as op
from pot_workspace import SIMPLIFIED, config_with, make_workspace


@pytest.mark.parametrize(("channels", "grey"), [(1, True), (3, False), (None, False)], ids=["one", "three", "no file"])
def test_the_model_decides_where_it_is_there(tmp_path, monkeypatch, channels, grey):
    monkeypatch.chdir(tmp_path)
    workspace = make_workspace(tmp_path)
    run = parse_run(config_with(SIMPLIFIED), collect_known_names())
    (workspace / "net.xml").unlink()
    if channels is not None:
        data = op.parameter([1, channels, 8, 8], np.float32, "data")
        save_model(Model([op.result(op.relu(data))], [data]), workspace / "net.xml", compress_to_fp16=False)
    assert takes_grey(run) is grey

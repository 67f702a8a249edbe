import numpy as np
import pytest
from PIL import Image

import openvino as ov
from openvino.tools.pot.app.run import optimize
from openvino.tools.pot.configs.config import Config
from toy_models import tiny_cnn


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.filterwarnings("ignore::openpot.errors.OpenPotWarning")
def test_a_script_that_reads_a_configuration_runs_it(tmp_path, keeps):
    (tmp_path / "images").mkdir()
    for index in range(4):
        pixels = np.random.default_rng(index).integers(0, 255, (16, 16, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "images" / f"{index}.png")
    ov.save_model(tiny_cnn(), tmp_path / "net.xml", compress_to_fp16=False)
    config = Config(
        {
            "model": {
                "model_name": "tiny",
                "model": str(tmp_path / "net.xml"),
                "weights": str(tmp_path / "net.bin"),
                "keep_uncompressed_weights": keeps,
            },
            "engine": {"type": "simplified", "data_source": str(tmp_path / "images")},
            "compression": {"algorithms": [{"name": "DefaultQuantization", "params": {"stat_subset_size": 4}}]},
        }
    )
    config.configure_params()
    config.add_log_dir(tmp_path, tmp_path / "out")
    assert optimize(config) is None
    saved = ov.Core().read_model(tmp_path / "out" / "optimized" / "tiny.xml")
    assert any(node.get_type_name() == "FakeQuantize" for node in saved.get_ops())
    types = {node.get_element_type().to_string() for node in saved.get_ops() if node.get_type_name() == "Constant"}
    assert ("i8" in types) is not keeps

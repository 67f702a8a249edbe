import json

import pytest

from openpot.errors import UnknownNameError
from openpot.legacy.configuration import Config
from openvino.tools.pot import IEEngine, create_pipeline, load_model
from pot_workspace import make_workspace, num_fake_quantize
from toy_models import images

CONTENT = {
    "model": {"model": "net.xml", "weights": "net.bin"},
    "engine": {"device": "CPU"},
    "compression": {
        "target_device": "CPU",
        "algorithms": [{"name": "DefaultQuantization", "params": {"stat_subset_size": 4}}, {"name": "BiasCorrection"}],
    },
}


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps(CONTENT) + "// a comment")
    return Config.read_config("config.json")


def test_a_file_is_read_with_attribute_access(config):
    assert config.compression.algorithms[0].params.stat_subset_size == 4


def test_what_follows_from_the_rest_is_filled_in(config):
    config.configure_params(ac_config="ac.yml")
    assert config.model.model_name == "net"
    assert config.engine.config == "ac.yml"
    assert [dict(one.params) for one in config.compression.algorithms] == [
        {"target_device": "CPU", "stat_subset_size": 4},
        {"target_device": "CPU"},
    ]


def test_parameters_that_do_not_exist_are_told_all_at_once(config):
    config.validate_algo_config()
    config.compression.algorithms[0].params.presett = "mixed"
    config.compression.algorithms[1].name = "BiasCorection"
    with pytest.raises(UnknownNameError) as caught:
        config.validate_algo_config()
    assert "did you mean 'preset'?" in str(caught.value)
    assert "did you mean 'BiasCorrection'?" in str(caught.value)


def test_folders_and_paths_are_where_scripts_look_for_them(config):
    config.configure_params()
    config.add_log_dir("results", "results/now")
    assert config.model.log_dir == "results"
    assert config.compression.algorithms[1].params.exec_log_dir == "results/now"
    assert config.get_model_paths() == [{"model": "net.xml", "weights": "net.bin"}]
    config.model = {"cascade": [{"name": "p", "model": "p.xml", "weights": "p.bin"}]}
    assert config.get_model_paths() == [{"name": "p", "model": "p.xml", "weights": "p.bin"}]


def test_a_script_quantizes_what_the_file_says(config, tmp_path):
    make_workspace(tmp_path)
    config.configure_params()
    engine = IEEngine(config.engine, [(sample, None) for sample in images(4)])
    model = create_pipeline(config.compression.algorithms[:1], engine).run(load_model(config.model))
    (saved,) = model.save(tmp_path / "out")
    assert num_fake_quantize(saved["model"]) >= 3

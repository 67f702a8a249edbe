"""How a result was made, for its record."""

from pathlib import Path

from openpot.api.run_settings import describe_settings, describe_source
from openpot.config.algorithms import DefaultQuantizationConfig
from openpot.data.adapt import make_data_loader
from openpot.graph.read import read_model
from toy_models import images, tiny_cnn


def test_a_model_is_called_by_its_path_or_by_its_own_name():
    source = read_model(tiny_cnn())
    assert describe_source(Path("a/net.xml"), source)["model"] == "a/net.xml"
    assert describe_source(tiny_cnn(), source)["model"] == source.get_friendly_name()


def test_the_hash_tells_models_apart():
    first, second = (describe_source("net", read_model(tiny_cnn(seed=seed)))["digests"] for seed in (1, 2))
    assert first != second
    assert first == describe_source("other", read_model(tiny_cnn(seed=1)))["digests"]


def test_no_limit_is_none_and_processor_and_versions_are_named():
    config = DefaultQuantizationConfig(max_output_error=float("inf"))
    settings = describe_settings(config, make_data_loader(images(2)))
    assert settings["max_output_error"] is None
    assert settings["processor"]
    assert set(settings["versions"]) == {"openpot", "openvino", "numpy", "python"}

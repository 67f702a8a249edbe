"""A configuration runs code only if that is allowed."""

import pytest

from openpot.config.run import parse_run
from openpot.errors import ConfigError
from openpot.job.known_names import collect_known_names
from openpot.job.named_code import list_named_code, require_consent


def run_with(data, *metrics):
    content = {
        "model": {"model_name": "net", "model": "net.xml", "weights": "net.bin"},
        "engine": {"type": "openpot", "data": data, "metrics": list(metrics)},
        "compression": {"algorithms": [{"name": "DefaultQuantization", "params": {}}]},
    }
    return parse_run(content, collect_known_names())


def test_code_is_named_with_its_place():
    run = run_with({"callable": "mine:data"}, {"name": "accuracy"}, {"callable": "mine:metric"})
    assert list(list_named_code(run)) == [
        ("engine.data.callable", "mine:data"),
        ("engine.metrics[1].callable", "mine:metric"),
    ]
    with pytest.raises(ConfigError, match=r"engine\.data\.callable: 'mine:data', .* say --allow-code"):
        require_consent(run, allows_code=False)
    require_consent(run, allows_code=True)


def test_a_configuration_without_code_needs_no_consent():
    require_consent(run_with({"npz": "data.npz"}, {"name": "accuracy"}), allows_code=False)

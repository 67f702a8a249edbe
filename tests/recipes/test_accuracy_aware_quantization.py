"""AccuracyAwareQuantization does what the target device asks for, from Python and from POT's paths."""

import pytest

from metric_engines import Agreement, engine_with, run_aware
from openpot.errors import UnknownNameError
from openpot.recipes.accuracy_aware_quantization import AccuracyAwareQuantization
from openpot.search.accuracy_records import SearchStatus
from toy_models import tiny_cnn


@pytest.mark.parametrize("device", ["ANY", "CPU", "CPU_SPR", "GPU", "NPU", "GNA", "GNA3", "GNA3.5"])
def test_every_device_has_its_search(device):
    engine = engine_with(Agreement(), tiny_cnn(), count=6)
    subject, result = run_aware(engine, tiny_cnn(), maximal_drop=100.0, target_device=device)
    assert result.status is SearchStatus.REACHED
    widths = {node.attributes["levels"] for node in subject.snapshot().nodes_of_type("FakeQuantize")}
    assert (65536 in widths) == device.startswith("GNA")


def test_an_unknown_device_is_refused_when_the_algorithm_is_made():
    with pytest.raises(UnknownNameError):
        AccuracyAwareQuantization({"target_device": "TPU"}, engine_with(Agreement()))


def test_it_is_where_scripts_import_it_from():
    from openvino.tools.pot import AccuracyAwareQuantization as top
    from openvino.tools.pot.algorithms.quantization.accuracy_aware.algorithm import AccuracyAwareQuantization as deep

    assert top is deep
    assert issubclass(top, AccuracyAwareQuantization)

"""``openpot.inspect``."""

import openpot
from toy_models import images, tiny_cnn


def test_a_quantized_model_says_that_it_is():
    int8 = openpot.quantize(tiny_cnn(), images(3), timing=False).model
    seen = openpot.inspect(int8)
    assert seen.plan is None
    assert "quantized already" in seen.quantized
    assert "quantized" in repr(seen)


def test_the_ignored_scope_and_the_device_count():
    seen = openpot.inspect(tiny_cnn(), target_device="GNA3", ignored_scope=["conv1"])
    assert "conv1" not in seen.list_candidates()
    assert seen.to_dict()["plan"]["target_device"] == "GNA3"
    assert "conv2" in str(seen)

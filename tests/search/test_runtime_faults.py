import numpy as np
import pytest

import openpot
import openvino as ov
from openpot.measure.performance_hints import USERS_SETTINGS, FarOutputs, SettingsCheck
from openpot.report.records import Status
from openpot.search import runtime_faults
from openpot.search.quantized_variant import QuantizedVariant
from openpot.search.repair import Unit
from openpot.search.runtime_faults import RuntimeFaults, find_smallest_run, mend_runtime_faults
from openvino import opset13 as ops
from quantized_toys import quantized
from toy_models import images, tiny_cnn

pytestmark = pytest.mark.usefixtures("compiled_anew", "every_setting")

UNITS = [Unit((f"q{number}",), (f"op{number}",), 1.0) for number in range(11)]
FAR = FarOutputs("THROUGHPUT", 1.1, 0.02)


@pytest.mark.parametrize("needed", [{0}, {10}, {4}, {3, 4}, {2, 5}, set(range(11))], ids=str)
def test_the_smallest_run_of_units_that_mends_is_found_by_halving(needed):
    asked = []

    def is_right(units):
        asked.append(units)
        return needed <= {UNITS.index(unit) for unit in units}

    found = find_smallest_run(UNITS, is_right)
    assert [UNITS.index(unit) for unit in found] == list(range(min(needed), max(needed) + 1))
    assert len(asked) <= 2 * np.log2(len(UNITS)) + 3


def test_what_nothing_mends_is_found_with_one_question():
    asked = []
    assert find_smallest_run(UNITS, lambda units: bool(asked.append(units))) == ()
    assert len(asked) == 1
    assert find_smallest_run([], lambda units: True) == ()


@pytest.fixture(scope="module")
def toy():
    return quantized(tiny_cnn(), images(8))


def variant_of(toy):
    from openpot.graph.model import CompressedModel

    reference = CompressedModel(graph=toy.subject.reference)
    return QuantizedVariant("toy", reference, CompressedModel(graph=toy.model), toy.done, "CPU")


class FakeCheck:
    """Outputs are far as long as ``operation`` is quantized."""

    operation = "conv2"

    def __init__(self, reference, feeds, device, judged=0.0):
        del reference, feeds, device

    def find_far(self, model, settings=("THROUGHPUT",)):
        del settings
        names = {node.get_friendly_name() for node in model.get_ops()}
        return (FAR,) if f"{self.operation}/fq_weights_1" in names else ()


def test_the_operation_at_fault_is_left_in_float_and_named(toy, monkeypatch):
    monkeypatch.setattr(runtime_faults, "SettingsCheck", FakeCheck)
    mended = mend_runtime_faults(variant_of(toy), toy.feeds, "CPU")
    assert mended.faults.is_mended
    assert "conv2" in mended.faults.in_float
    assert "conv1" not in mended.faults.in_float
    (decision,) = [one for one in mended.min_max.plan.decisions if one.operation == "conv2"]
    assert not decision.quantized
    assert "THROUGHPUT" in decision.reason
    assert "'conv2'" in mended.faults.warning
    assert not any(one.name.startswith("conv2/") for one in mended.min_max.quantizers)


def test_a_fault_that_float_does_not_mend_is_told(toy, monkeypatch):
    monkeypatch.setattr(FakeCheck, "find_far", lambda self, model, settings=(): (FAR,))
    monkeypatch.setattr(runtime_faults, "SettingsCheck", FakeCheck)
    mended = mend_runtime_faults(variant_of(toy), toy.feeds, "CPU")
    assert not mended.faults.is_mended
    assert "not to be used" in mended.faults.warning
    assert mended.min_max is variant_of(toy).min_max or mended.faults.in_float == ()


def test_what_the_device_cannot_run_is_a_fault_with_its_reason():
    far = [
        FarOutputs(name, np.inf, 0.02, "CPU cannot compile the model: no kernel.") for name in ("LATENCY", "ACCURACY")
    ]
    warning = RuntimeFaults((*far, FAR), ("conv2",), is_mended=True).warning
    assert "with LATENCY, ACCURACY, but not the quantized one (CPU cannot compile the model: no kernel)" in warning
    assert "with THROUGHPUT the error of the outputs is 1.10" in warning
    assert "inf" not in warning
    assert "'conv2'" in warning


def dynamic_cnn_with_one_channel():
    """In bf16, the default where the processor has it, the CPU plugin finds no kernel for its first convolution."""
    random = np.random.default_rng(0)
    image = ops.parameter([-1, -1, -1, -1], np.float32, name="image")
    values = image
    for name, channels_in, channels_out in (("conv1", 1, 8), ("conv2", 8, 16)):
        weights = random.normal(0, (9 * channels_in) ** -0.5, (channels_out, channels_in, 3, 3)).astype(np.float32)
        values = ops.relu(ops.convolution(values, weights, [1, 1], [1, 1], [1, 1], [1, 1], name=name))
    return ov.Model([ops.reduce_mean(values, [2, 3], keep_dims=True)], [image], "dynamic")


def test_the_result_can_be_compiled_as_users_compile_it():
    samples = [image[None, :1] for image in images(12)]
    result = openpot.quantize(dynamic_cnn_with_one_channel(), samples)
    for setting in USERS_SETTINGS.values():
        assert ov.Core().compile_model(result.model, "CPU", dict(setting))(samples[0])
    assert result.status == Status.DONE
    assert any(layer.is_integer for layer in result.layers)


def test_a_model_that_runs_as_judged_is_left_alone(toy):
    variant = variant_of(toy)
    mended = mend_runtime_faults(variant, toy.feeds, "CPU")
    assert mended.faults is None
    assert mended.model is variant.model


def test_the_check_sees_what_a_device_computes_wrongly(toy):
    """The float model stands for the reference; one with other weights for a device that is at fault."""
    check = SettingsCheck(toy.subject.reference, toy.feeds, "CPU")
    assert check.find_far(toy.model) == ()
    assert isinstance(RuntimeFaults((FAR,)).warning, str)
    assert isinstance(toy.model, ov.Model)

import ast
from pathlib import Path

import numpy as np
import pytest

import openvino as ov
from openpot.errors import ConfigError, ModelError
from openpot.graph import read_torch
from openpot.graph.read import read_model
from openpot.graph.read_torch import is_torch_module, read_torch_module


def imitation(name, module="torch.nn.modules.module"):
    return type(name, (type("Module", (), {"__module__": module}),), {"__module__": "mine"})()


def test_modules_are_known_by_the_names_of_their_classes():
    assert is_torch_module(imitation("Net"))
    assert not is_torch_module(imitation("Net", "torchlike.nn"))
    assert not is_torch_module(np.ones(3))


def test_a_module_needs_an_example():
    with pytest.raises(ConfigError, match=r"a torch module \(Net\) needs example_input"):
        read_torch_module(imitation("Net"))


def test_neither_torch_nor_the_converter_with_telemetry_is_imported():
    imported = set()
    for node in ast.walk(ast.parse(Path(read_torch.__file__).read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    assert not [name for name in imported if name.split(".")[0] == "torch" or "ovc" in name or "telemetry" in name]


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.fixture
def net(torch):
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = torch.nn.Conv2d(3, 8, 3, padding=1, bias=False)
            self.norm = torch.nn.BatchNorm2d(8)
            self.drop = torch.nn.Dropout(0.5)
            self.fc = torch.nn.Linear(8, 5)

        def forward(self, x):
            return self.fc(self.drop(torch.relu(self.norm(self.conv(x)))).mean((2, 3)))

    torch.manual_seed(0)
    module = Net()
    module.norm.running_mean.normal_()
    return module.train()


def answers_alike(torch, net, model):
    data = np.random.default_rng(0).standard_normal((2, 3, 16, 16)).astype(np.float32)
    flags = net.training
    net.eval()
    with torch.no_grad():
        expected = net(torch.from_numpy(data)).numpy()
    net.train(flags)
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    np.testing.assert_allclose(compiled([data])[0], expected, rtol=1e-4, atol=1e-5)
    return True


def test_a_module_is_converted_with_open_sizes_and_names(torch, net):
    model = read_model(net, example_input=torch.ones(1, 3, 16, 16))
    assert str(model.inputs[0].partial_shape) == "[?,3,?,?]"
    assert model.inputs[0].get_names() == {"x"}
    assert len(model.outputs[0].get_names()) == 1
    assert model.get_friendly_name() == "Net"
    assert answers_alike(torch, net, model)


def test_the_training_flags_of_a_module_stay(torch, net):
    net.norm.eval()
    read_model(net, example_input=torch.ones(1, 3, 16, 16))
    assert net.training
    assert net.drop.training
    assert not net.norm.training


def test_the_model_does_not_see_later_training(torch, net):
    model = read_torch_module(net, torch.ones(1, 3, 16, 16))
    weights = next(node for node in model.get_ops() if "fc.weight" in node.get_friendly_name())
    before = weights.data.copy()
    with torch.no_grad():
        net.fc.weight.zero_()
    assert np.array_equal(weights.data, before)


def test_arrays_serve_as_examples(torch, net):
    assert answers_alike(torch, net, read_model(net, example_input=np.ones((1, 3, 16, 16), np.float32)))


def test_named_inputs_keep_their_types_in_any_order(torch):
    class Two(torch.nn.Module):
        def forward(self, a, b):
            return a + b.float()

    model = read_model(Two(), example_input={"b": np.ones((2, 3), np.int64), "a": np.ones((2, 3), np.float32)})
    assert {next(iter(p.get_names())): p.element_type.to_string() for p in model.inputs} == {"a": "f32", "b": "i64"}


@pytest.mark.parametrize("kind", ["script", "trace", "export"])
def test_scripted_traced_and_exported_modules_are_converted(torch, net, kind):
    example = torch.ones(2, 3, 16, 16)
    net.eval()
    made = {
        "script": lambda: torch.jit.script(net),
        "trace": lambda: torch.jit.trace(net, example),
        "export": lambda: torch.export.export(net, (example,)),
    }[kind]()
    assert answers_alike(torch, net, read_model(made, example_input=None if kind == "export" else example))


def test_a_wrong_example_is_answered_with_torchs_own_words(torch, net):
    with pytest.raises(ModelError, match=r"cannot convert the torch module Net: .*to have 3 channels"):
        read_model(net, example_input=torch.ones(1, 4, 16, 16))


def test_no_telemetry_is_started_and_no_socket_opened(torch, net, monkeypatch):
    telemetry = pytest.importorskip("openvino_telemetry")

    def refuse(*_, **__):
        raise AssertionError("not wanted")

    monkeypatch.setattr(telemetry.Telemetry, "__new__", refuse)
    monkeypatch.setattr(telemetry.Telemetry, "__init__", refuse)
    monkeypatch.setattr("socket.socket.__init__", refuse)
    read_model(net, example_input=torch.ones(1, 3, 16, 16))

"""Real torch modules, real torch data sets: run by ``make test-torch``, which installs torch.

The file is named so that the rest of the suite, which has no torch, does not collect it.
"""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

import openvino as ov

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

from registry_models import fetch

import openpot
from openpot.errors import ConfigError


def digit_classifier():
    """The architecture of the USPS network of the package ccexam, with its trained weights."""
    layers = []
    for inputs, outputs in ((1, 32), (32, 64)):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)]
    module = nn.Sequential()
    module.features, module.flatten = nn.Sequential(*layers), nn.Flatten()
    module.classifier = nn.Sequential(
        nn.Dropout(0.3), nn.Linear(64 * 16, 128), nn.ReLU(), nn.Dropout(0.3), nn.Linear(128, 10)
    )
    module.load_state_dict(torch.load(fetch("usps-digits-torch"), map_location="cpu", weights_only=True))
    return module.eval()


class Strokes(Dataset):
    """Pictures with one to three bright strokes, labelled by what the FP32 network sees in them."""

    def __init__(self, module, count=40):
        generator = np.random.default_rng(0)
        self.pictures = []
        for _ in range(count):
            picture = np.zeros((16, 16), np.float32)
            for _ in range(generator.integers(1, 4)):
                row, column, length = generator.integers(2, 14), generator.integers(2, 14), generator.integers(5, 12)
                if generator.random() < 0.5:
                    picture[row : row + 2, max(0, column - length) : column + 1] = generator.uniform(0.6, 1)
                else:
                    picture[max(0, row - length) : row + 1, column : column + 2] = generator.uniform(0.6, 1)
            self.pictures.append(torch.from_numpy((picture[None] - 0.2471) / 0.2994))
        with torch.no_grad():
            self.labels = module(torch.stack(self.pictures)).argmax(1).tolist()

    def __len__(self):
        return len(self.pictures)

    def __getitem__(self, index):
        return self.pictures[index], self.labels[index]


def agrees(outputs, label):
    return float(outputs[0].argmax() == label)


EXAMPLE = torch.zeros(1, 1, 16, 16)


@pytest.mark.parametrize(
    "make_data", [lambda data: data, lambda data: DataLoader(data, batch_size=7)], ids=["set", "loader"]
)
def test_trained_module_is_quantized_with_torch_data(make_data):
    module = digit_classifier()
    result = openpot.quantize(module, make_data(Strokes(module)), metric=agrees, example_input=EXAMPLE, subset_size=20)
    assert len(result.layers) == 4
    assert sum(layer.is_integer for layer in result.layers) >= 3  # one channel in: some processors run it in float
    assert result.metric_before == {"agrees": 1.0}
    assert result.metric_after["agrees"] >= 0.9
    assert result.metric_samples == 20  # the others calibrate
    assert result.size_after < 0.3 * result.size_before


def test_int8_model_answers_like_torch(tmp_path):
    module = digit_classifier()
    data = Strokes(module)
    path = openpot.quantize(module, data, example_input=EXAMPLE).save(tmp_path)
    compiled = ov.Core().compile_model(path, "CPU")
    with torch.no_grad():
        expected = module(torch.stack(data.pictures)).numpy()
    given = compiled(np.stack([picture.numpy() for picture in data.pictures]))[0]
    noise = np.square(given - expected).sum() / np.square(expected).sum()
    assert 10 * np.log10(1 / noise) > 15


def test_module_is_as_it_was():
    module = digit_classifier().train()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    openpot.quantize(module, Strokes(digit_classifier(), 4), example_input=EXAMPLE)
    assert module.training
    assert all(torch.equal(before[name], tensor) for name, tensor in module.state_dict().items())


def test_example_input_may_be_an_array():
    module = digit_classifier()
    result = openpot.quantize(module, Strokes(module, 4), example_input=EXAMPLE.numpy())
    assert len(result.layers) == 4


def test_missing_example_input_is_said():
    with pytest.raises(ConfigError, match="needs example_input"):
        openpot.quantize(digit_classifier(), [EXAMPLE])


def test_module_with_two_inputs():
    class Sum(nn.Module):
        def __init__(self):
            super().__init__()
            self.left, self.right = nn.Linear(8, 16), nn.Linear(8, 16)

        def forward(self, left, right):
            return self.left(left) + self.right(right)

    generator = torch.Generator().manual_seed(0)
    samples = [[torch.randn(8, generator=generator), torch.randn(8, generator=generator)] for _ in range(12)]
    result = openpot.quantize(Sum(), samples, example_input=(torch.zeros(1, 8), torch.zeros(1, 8)))
    assert [layer.is_integer for layer in result.layers] == [True, True]

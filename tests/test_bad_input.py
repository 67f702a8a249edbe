"""What a user can get wrong, row by row: class of the error, the culprit in its message, and nothing written."""

import numpy as np
import pytest

import openpot
import openvino as ov
from openpot import DataLoader, IEEngine, compress_model_weights, create_pipeline, load_model, save_model
from openpot.errors import (
    AlreadyQuantizedError,
    ConfigError,
    DataError,
    DeviceError,
    MissingFileError,
    ModelError,
    OpenPotError,
    UnknownNameError,
)
from toy_models import images, tiny_cnn

DEFAULT = [{"name": "DefaultQuantization", "params": {"stat_subset_size": 4}}]


class Samples(DataLoader):
    def __init__(self, samples):
        self.samples = samples

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        return self.samples[index], None


def good_samples():
    return images(4)


def samples_with(bad):
    return [*images(2), bad, *images(1)]


def with_nan():
    sample = images(1)[0]
    sample[0, 0, 0] = np.nan
    return sample


def run(place, samples=None, algorithms=DEFAULT, engine=None, xml="net.xml"):
    """A classic script: load, run the pipeline, save."""
    model = load_model({"model_name": "net", "model": place / xml, "weights": (place / xml).with_suffix(".bin")})
    loader = Samples(good_samples() if samples is None else samples)
    quantized = create_pipeline(algorithms, IEEngine(engine or {"device": "CPU"}, loader)).run(model)
    compress_model_weights(quantized)
    save_model(quantized, place / "out", model_name="net")


def with_params(**params):
    return [{"name": "DefaultQuantization", "params": params}]


def requantized(place):
    run(place)
    (place / "out").rename(place / "first")
    model = load_model({"model_name": "n", "model": place / "first/net.xml", "weights": place / "first/net.bin"})
    create_pipeline(DEFAULT, IEEngine({}, Samples(good_samples()))).run(model)


ROWS = {
    "model file missing": (lambda p: run(p, xml="no.xml"), MissingFileError, "no.xml"),
    "weights missing": (lambda p: ((p / "net.bin").unlink(), run(p)), MissingFileError, "net.bin"),
    "wrong suffix": (lambda p: openpot.quantize(p / "notes.txt", good_samples()), ModelError, "notes.txt"),
    "wrong input name": (lambda p: run(p, [{"dta": sample} for sample in good_samples()]), DataError, "'dta'"),
    "wrong shape": (lambda p: run(p, samples_with(np.ones((3, 15, 16), np.float32))), DataError, "sample 2"),
    "channels last": (lambda p: run(p, samples_with(np.ones((16, 16, 3), np.float32))), DataError, "sample 2"),
    "no data": (lambda p: run(p, []), DataError, "empty"),
    "sample is None": (lambda p: run(p, samples_with(None)), DataError, "sample 2"),
    "sample is an empty dict": (lambda p: run(p, samples_with({})), DataError, "sample 2"),
    "sample holds NaN": (lambda p: run(p, samples_with(with_nan())), DataError, "sample 2"),
    "unknown parameter": (lambda p: run(p, algorithms=with_params(presett="mixed")), UnknownNameError, "'preset'"),
    "unknown preset": (lambda p: run(p, algorithms=with_params(preset="fast")), ConfigError, "fast"),
    "unknown algorithm": (
        lambda p: run(p, algorithms=[{"name": "DefaultQuantisation", "params": {}}]),
        UnknownNameError,
        "'DefaultQuantization'",
    ),
    "subset of nothing": (
        lambda p: run(p, algorithms=with_params(stat_subset_size=0)),
        ConfigError,
        "stat_subset_size",
    ),
    "quantized already": (requantized, AlreadyQuantizedError, "quantized"),
    "device not there": (lambda p: run(p, engine={"device": "GPU.7"}), DeviceError, "GPU.7"),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_mistake_has_its_error_names_the_culprit_and_writes_nothing(row, tmp_path):
    ov.save_model(tiny_cnn(), tmp_path / "net.xml", compress_to_fp16=False)
    (tmp_path / "notes.txt").write_text("not a model")
    before = (tmp_path / "net.xml").read_bytes()
    attempt, kind, culprit = ROWS[row]
    with pytest.raises(kind) as caught:
        attempt(tmp_path)
    assert isinstance(caught.value, OpenPotError)
    assert culprit in str(caught.value)
    assert not (tmp_path / "out").exists()
    assert (tmp_path / "net.xml").read_bytes() == before


def test_a_good_script_writes_what_a_bad_one_does_not(tmp_path):
    ov.save_model(tiny_cnn(), tmp_path / "net.xml", compress_to_fp16=False)
    run(tmp_path)
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"net.xml", "net.bin"}

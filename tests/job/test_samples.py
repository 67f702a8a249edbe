import numpy as np
import pytest

from openpot.config.data_section import DataConfig
from openpot.data.sample import load_sample
from openpot.errors import ConfigError, DataError
from openpot.inference.model_inputs import describe_inputs
from openpot.job.samples import open_samples
from pot_workspace import NUM_SAMPLES, make_workspace
from toy_models import images, tiny_cnn


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return make_workspace(tmp_path)


def opened(**section):
    loader = open_samples(DataConfig(**section), describe_inputs(tiny_cnn()))
    return loader, load_sample(loader, 2)


def labels(workspace):
    return [int(line.split()[1]) for line in (workspace / "labels.txt").read_text().splitlines()]


def test_an_archive_gives_samples_and_its_other_array_annotations(workspace):
    loader, sample = opened(npz="samples.npz")
    assert len(loader) == NUM_SAMPLES
    np.testing.assert_array_equal(sample.data["data"][0], images(NUM_SAMPLES)[2])
    assert sample.annotation == labels(workspace)[2]
    assert opened(npz="samples.npz", annotations="label")[1].annotation == labels(workspace)[2]


def test_images_are_pre_processed_as_stated_and_labelled_from_a_file(workspace):
    stated = {"channel_order": "bgr", "mean": [1, 2, 3], "scale": [2, 2, 2], "layout": "NCHW"}
    _, sample = opened(image_folder="pictures", annotations="labels.txt", **stated)
    assert sample.annotation == labels(workspace)[2]
    plain = opened(image_folder="pictures", channel_order="BGR", mean=[], scale=[])[1]
    np.testing.assert_allclose(sample.data, (plain.data - np.array([1, 2, 3.0]).reshape(3, 1, 1)) / 2)


def test_labels_may_be_shifted(workspace):
    sample = opened(image_folder="pictures", annotations="labels.txt", label_offset=1)[1]
    assert sample.annotation == labels(workspace)[2] + 1


def test_images_without_annotations_have_none():
    assert opened(image_folder="pictures/*.png")[1].annotation is None


def test_a_callable_is_called(workspace, monkeypatch):
    (workspace / "my_samples.py").write_text(
        "import numpy as np\ndef samples():\n    return [(np.ones((3, 16, 16), np.float32), 7)] * 3\n"
    )
    loader, sample = opened(callable="my_samples:samples")
    assert (len(loader), sample.annotation) == (3, 7)


@pytest.mark.parametrize(
    ("section", "error", "words"),
    [
        ({"image_folder": "pictures", "channel_order": "RBG"}, ConfigError, "'RBG' does not exist"),
        ({"image_folder": "pictures", "layout": "HW"}, ConfigError, "'HW' is not supported"),
        ({"npz": "samples.npz", "annotations": "lable"}, DataError, "did you mean 'label'"),
    ],
)
def test_what_cannot_be_is_refused(section, error, words):
    with pytest.raises(error, match=words):
        opened(**section)

"""Data loaders of users: what is wrong is found, and those of openpot pass."""

import itertools

import numpy as np
import pytest

from openpot.data.adapt import make_data_loader
from openpot.data.npz_archive import open_npz
from openpot.testing import ContractError, check_data_loader
from toy_engines import ListLoader
from toy_models import images, tiny_cnn

SAMPLES = [(sample, number) for number, sample in enumerate(images(6))]
counter = itertools.count()


class Good:
    def __len__(self):
        return len(SAMPLES)

    def __getitem__(self, index):
        return SAMPLES[index]


class NoLength(Good):
    def __len__(self):
        return -1


class Empty(Good):
    def __len__(self):
        return 0


class TooLong(Good):
    def __len__(self):
        return 9


class Nothing(Good):
    def __getitem__(self, index):
        return None if index == 5 else SAMPLES[index]


class NotFinite(Good):
    def __getitem__(self, index):
        sample, label = SAMPLES[index]
        return (np.full_like(sample, np.nan) if index == 5 else sample), label


class Random(Good):
    def __getitem__(self, index):
        return SAMPLES[index][0] + next(counter), index


class Always(Good):
    def __getitem__(self, index):
        return SAMPLES[0][0], index


class SomeLabels(Good):
    def __getitem__(self, index):
        return SAMPLES[index][0], None if index == 5 else index


class OtherShape(Good):
    def __getitem__(self, index):
        return np.zeros((3, 9, 9), np.float32) + index, index


WRONG = {
    NoLength: r"len\(\) raised ValueError",
    Empty: r"len\(\) is 0",
    TooLong: "sample 8: the data loader raised IndexError",
    Nothing: "sample 5 has no data",
    NotFinite: r"sample 5.*NaN",
    Random: r"sample \d is another one when it is asked for again",
    Always: "are all equal: does __getitem__ use its number",
    SomeLabels: "sample 5 has no annotation, and others have",
    OtherShape: r"expected shape \(1, 3, 16, 16\)",
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_loader_is_caught(kind):
    with pytest.raises(ContractError, match=WRONG[kind]):
        check_data_loader(kind(), tiny_cnn())


@pytest.mark.parametrize("kind", [NotFinite, Random, TooLong])
def test_without_a_model_as_well(kind):
    with pytest.raises(ContractError, match=WRONG[kind]):
        check_data_loader(kind())


def test_loaders_of_openpot_pass(tmp_path):
    np.savez(tmp_path / "data.npz", data=np.stack(images(6)))
    for loader in (ListLoader(SAMPLES), make_data_loader(SAMPLES), make_data_loader(iter(SAMPLES)), Good()):
        check_data_loader(loader, tiny_cnn())
    check_data_loader(open_npz(tmp_path / "data.npz"), tiny_cnn())

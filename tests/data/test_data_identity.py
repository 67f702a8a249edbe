"""What tells data sets apart."""

import numpy as np
import pytest

from openpot.data.adapt import make_data_loader
from openpot.data.annotated import add_annotations
from openpot.data.columns import ColumnRows
from openpot.data.data_identity import identify_data
from toy_engines import ListLoader
from toy_models import images


def test_equal_data_are_the_same():
    assert identify_data(make_data_loader(images(5))) == identify_data(make_data_loader(images(5)))


@pytest.mark.parametrize("position", [0, 1, 4])
def test_every_sample_in_memory_counts(position):
    changed = [sample.copy() for sample in images(5)]
    changed[position][0, 0, 0] += 1
    assert identify_data(make_data_loader(changed)) != identify_data(make_data_loader(images(5)))


def test_of_other_loaders_a_few_samples_are_read():
    class Counting(ListLoader):
        read = 0

        def __getitem__(self, index):
            self.read += 1
            return super().__getitem__(index)

    loader = Counting(images(30))
    identity = identify_data(loader)
    assert loader.read == 4
    assert identity["samples"] == 30
    assert identity != identify_data(Counting(images(31)))


def test_annotations_count():
    loader = make_data_loader(images(3))
    assert identify_data(add_annotations(loader, [0, 1, 2])) != identify_data(add_annotations(loader, [0, 1, 1]))


def test_columns_and_objects_and_texts_are_looked_at():
    first, second = (ColumnRows({"data": np.ones((3, 2)), "label": np.array(["a", "b", last])}) for last in "cd")
    assert identify_data(first) != identify_data(second)
    boxes = ListLoader([(np.ones(2), {"boxes": [[1, 2]], "tag": object()})] * 2)
    assert identify_data(boxes) == identify_data(boxes)


def test_a_sample_that_cannot_be_read_is_left_to_the_run():
    class Broken(ListLoader):
        def __getitem__(self, index):
            raise ValueError("no file")

    assert identify_data(Broken(images(3)))["samples"] == 3


def test_files_of_images_count_with_size_and_time(tmp_path):
    class Files(ListLoader):
        files = (tmp_path / "a.png", tmp_path / "gone.png")

    (tmp_path / "a.png").write_bytes(b"1")
    before = identify_data(Files(images(2)))
    (tmp_path / "a.png").write_bytes(b"12")
    assert identify_data(Files(images(2))) != before

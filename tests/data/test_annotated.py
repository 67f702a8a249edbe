import numpy as np
import pytest

from openpot.data.annotated import add_annotations, choose_annotation_column
from openpot.data.loader import DataLoader
from openpot.errors import DataError


class Samples(DataLoader):
    def __init__(self, annotation):
        self._annotation = annotation

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return np.full(3, index), self._annotation, {"path": str(index)}


def test_samples_keep_data_and_metadata_and_get_an_annotation():
    data, annotation, metadata = add_annotations(Samples(None), ["a", "b"])[1]
    assert (data.tolist(), annotation, metadata) == ([1, 1, 1], "b", {"path": "1"})
    assert len(add_annotations(Samples(None), ["a", "b"])) == 2


def test_there_is_one_annotation_for_each_sample():
    with pytest.raises(DataError, match="3 annotations for 2 samples"):
        add_annotations(Samples(None), [1, 2, 3])


@pytest.mark.parametrize(
    ("annotation", "name", "expected"),
    [
        ({"label": 3}, None, 3),
        ({"label": 3, "box": 4}, "box", 4),
        ({"label": 3, "box": 4}, None, {"label": 3, "box": 4}),
        (None, None, None),
    ],
    ids=["the only one", "by name", "several", "none"],
)
def test_a_column_becomes_the_annotation(annotation, name, expected):
    assert choose_annotation_column(Samples(annotation), name)[0][1] == expected


@pytest.mark.parametrize(("annotation", "words"), [({"label": 3}, "did you mean 'label'"), (None, "'lable'")])
def test_a_column_that_is_not_there_is_named(annotation, words):
    with pytest.raises(DataError, match=words):
        choose_annotation_column(Samples(annotation), "lable")[0]

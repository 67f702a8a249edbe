"""Columns of data and columns of annotation."""

import numpy as np
import pytest

from openpot.data.columns import ColumnRows, split_columns
from openpot.data.input_description import InputDescription
from openpot.errors import DataError

INPUTS = [
    InputDescription("input_ids", frozenset({"input_ids"}), (None, None), "i64"),
    InputDescription("attention_mask", frozenset({"mask_node", "attention_mask"}), (None, None), "i64"),
]
IDS = np.arange(12).reshape(4, 3)


def test_columns_without_an_input_become_the_annotation():
    row = {"input_ids": [1], "mask_node": [1], "label": 3, "text": "a"}
    assert split_columns(row, INPUTS) == ({"input_ids": [1], "mask_node": [1]}, {"label": 3, "text": "a"})


def test_no_other_columns_mean_no_annotation():
    assert split_columns({"input_ids": [1]}, INPUTS) == ({"input_ids": [1]}, None)


def test_a_row_without_any_known_column_stays_data():
    assert split_columns({"nope": [1]}, INPUTS) == ({"nope": [1]}, None)


def test_rows_keep_their_batch_axis():
    rows = ColumnRows({"input_ids": IDS, "label": np.arange(4)}, INPUTS)
    assert len(rows) == 4
    data, annotation = rows[2]
    np.testing.assert_array_equal(data["input_ids"], [[6, 7, 8]])
    assert annotation == {"label": 2}


def test_without_known_inputs_all_columns_are_data():
    data, annotation = ColumnRows({"a": IDS, "b": [1, 2, 3, 4]})[0]
    assert sorted(data) == ["a", "b"]
    assert annotation is None


@pytest.mark.parametrize(
    ("columns", "words"),
    [({}, "no arrays"), ({"a": IDS, "b": IDS[:2]}, "'a': 4, 'b': 2"), ({"a": IDS, "b": np.array(1)}, "'b': 0")],
    ids=["nothing", "different lengths", "a number"],
)
def test_columns_need_one_row_for_each_sample(columns, words):
    with pytest.raises(DataError, match=words):
        ColumnRows(columns)

"""Rows of named columns: which columns feed the model, and which are annotation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openpot.data.array_from import to_array
from openpot.data.input_description import InputDescription
from openpot.data.loader import DataLoader
from openpot.errors import DataError
from openpot.typing_aliases import Array


def split_columns(row: Mapping[str, Any], inputs: Sequence[InputDescription]) -> tuple[Mapping[str, Any], Any]:
    """``(data, annotation)`` of one row.

    Columns that no input is named after become the annotation, a dict by column name, or None if there are none. If no
    column at all is named after an input, all are data, so that the message about unknown names shows them.
    """
    names = {name for given in inputs for name in (*given.names, given.name)}
    data = {name: value for name, value in row.items() if name in names}
    if not data:
        return row, None
    return data, {name: value for name, value in row.items() if name not in names} or None


class ColumnRows(DataLoader):
    """Arrays by name, all with one row for each sample; a sample keeps the batch axis, shape ``(1, ...)``.

    Samples of models that keep a state have no batch axis: their first axis may count the steps of a sequence.
    """

    is_in_memory = True

    def __init__(self, columns: Mapping[str, Any], inputs: Sequence[InputDescription] = ()) -> None:
        super().__init__()
        if not columns:
            raise DataError(
                "there are no arrays: expected one for each input of the model, with one row for each sample"
            )
        self._columns: dict[str, Array] = {name: to_array(values) for name, values in columns.items()}
        self._inputs = tuple(inputs)
        lengths = {name: values.shape[0] if values.ndim else 0 for name, values in self._columns.items()}
        if len(set(lengths.values())) > 1:
            shown = ", ".join(f"{name!r}: {length}" for name, length in lengths.items())
            raise DataError(f"every array must have one row for each sample, but the numbers of rows differ: {shown}")
        self._num_rows = next(iter(lengths.values()))

    def __len__(self) -> int:
        return self._num_rows

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        data, annotation = split_columns(self._columns, self._inputs)
        keeps_axis = not any(given.has_state for given in self._inputs)  # there the first axis may count steps
        row = slice(index, index + 1) if keeps_axis else index
        rows = {name: values[row, ...] for name, values in data.items()}
        return rows, annotation and {name: values[index] for name, values in annotation.items()}

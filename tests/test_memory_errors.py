"""Missing memory, wherever it is noticed, is one error with its stage."""

import pytest

from openpot.errors import DataError, EngineError, OpenPotError, OutOfMemoryError
from openpot.memory_errors import is_out_of_memory, memory_errors_at


def caused_by(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("Exception from src/x.cpp:1:\nstd::bad_alloc"),
        OSError(12, "Cannot allocate memory"),
        caused_by(EngineError("the inference failed"), RuntimeError("std::bad_alloc")),
        caused_by(DataError("sample 3"), MemoryError()),
    ],
    ids=str,
)
def test_missing_memory_is_recognised(error):
    assert is_out_of_memory(error)


@pytest.mark.parametrize("error", [ValueError("x"), RuntimeError("no kernel"), KeyError("bad_alloc")], ids=str)
def test_other_errors_are_not(error):
    assert not is_out_of_memory(error)


def test_the_stage_and_the_remedy_are_named():
    with (
        pytest.raises(OutOfMemoryError, match=r"while collecting statistics: std::bad_alloc; .*subset_size") as caught,
        memory_errors_at(lambda: "collecting statistics"),
    ):
        raise RuntimeError("std::bad_alloc")
    assert isinstance(caught.value, MemoryError)
    assert caught.value.exit_code == 5


def test_the_innermost_stage_is_the_one_that_is_named():
    with (
        pytest.raises(OutOfMemoryError, match="while reading"),
        memory_errors_at(lambda: "quantizing"),
        memory_errors_at(lambda: "reading"),
    ):
        raise MemoryError


def test_other_errors_pass():
    with pytest.raises(OpenPotError, match="sample 3"), memory_errors_at(lambda: "reading"):
        raise DataError("sample 3")

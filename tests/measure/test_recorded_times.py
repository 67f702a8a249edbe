"""Recorded times: what the file has is not measured again, and a file of something else is refused."""

import pytest

from openpot.errors import FileError
from openpot.measure.recorded_times import RecordedTimes


def test_each_name_is_measured_once_and_the_file_gives_the_same(tmp_path):
    path, asked = tmp_path / "new" / "times.json", []

    def measure(names):
        asked.append(list(names))
        return [[len(name), 0.1] for name in names]

    times = RecordedTimes(path, "digest")
    first = times.recall(["a", "bb"], measure)
    assert times.recall(["bb", "ccc"], measure) == [[2.0, 0.1], [3.0, 0.1]]
    times.save()
    again = RecordedTimes(path, "digest")
    assert again.recall(["a", "bb"], measure) == first == [[1.0, 0.1], [2.0, 0.1]]
    assert asked == [["a", "bb"], ["ccc"]]


def test_without_a_file_they_last_as_long_as_the_object():
    times = RecordedTimes(None, "digest")
    assert times.recall(["a"], lambda names: [[1]]) == [[1.0]]
    times.save()


@pytest.mark.parametrize("content", ["{", "[1]", '{"format": 1, "model": "other", "times": {}}', '{"times": 3}'])
def test_a_file_of_something_else_is_refused_and_named(tmp_path, content):
    path = tmp_path / "times.json"
    path.write_text(content)
    with pytest.raises(FileError, match=r"times\.json"):
        RecordedTimes(path, "digest")
    assert path.read_text() == content

import openvino
from openpot.legacy.versions import INVALID_VERSION, get_ie_version, get_version


def test_version_of_openpot_is_that_of_the_distribution():
    assert get_version() != INVALID_VERSION
    assert [part.isdigit() for part in get_version().split(".")[:2]] == [True, True]


def test_version_of_openvino_begins_like_the_runtimes_own():
    assert openvino.get_version().startswith(get_ie_version())

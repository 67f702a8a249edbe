"""Versions of installed packages."""

from openpot.installed_version import find_installed_version
from openvino import __version__ as openvino_version


def test_installed_packages_have_a_version_and_others_are_unknown():
    assert find_installed_version("openvino").split(".")[0] == openvino_version.split(".")[0]
    assert find_installed_version("openpot-no-such-package") == "unknown"

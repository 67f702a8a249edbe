"""What is on this machine."""

import openvino as ov
from openpot.installed_version import find_installed_version
from openpot.measure.environment import list_devices, list_versions, read_openvino_version


def test_the_cpu_is_there_and_computes_in_float():
    (cpu,) = (device for device in list_devices() if device.name == "CPU")
    assert "FP32" in cpu.capabilities
    assert cpu.full_name


def test_every_device_of_the_runtime_is_listed():
    assert [device.name for device in list_devices()] == list(ov.Core().available_devices)


def test_version_is_that_of_the_package():
    assert read_openvino_version().startswith(ov.__version__.split("-")[0])


def test_versions_are_those_of_what_makes_a_result():
    versions = list_versions()
    assert list(versions) == ["openpot", "openvino", "numpy", "python"]
    assert versions["numpy"] == find_installed_version("numpy")
    assert versions["openvino"] == read_openvino_version()

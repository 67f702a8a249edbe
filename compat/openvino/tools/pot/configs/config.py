"""``openvino.tools.pot.configs.config``: historic names of openpot."""

from openpot.legacy.configuration import Config as Config

__all__ = [
    "Config",
]

"""``openvino.runtime``: OpenVINO's own names, for scripts from the time when it had them here.

This is a module, and not a package, so that a package of that name, should OpenVINO have one again, is found before it.
"""

from openpot.legacy.module_aliases import alias_modules as alias_modules
from openvino import *  # noqa: F403
from openvino import __version__ as __version__
from openvino import exceptions as exceptions
from openvino import passes as passes

alias_modules("openvino", __name__)

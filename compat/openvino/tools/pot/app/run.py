"""``openvino.tools.pot.app.run``: historic names of openpot."""

from openpot.cli.pot_command import main as main
from openpot.cli.pot_command import run_with_arguments as app
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.optimize import optimize as optimize

__all__ = [
    "app",
    "main",
    "optimize",
]

__getattr__ = refuse_absent_names(__name__)

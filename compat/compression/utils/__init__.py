"""``compression.utils``: historic names of openpot."""

from compression.utils import config_reader as config_reader
from compression.utils import launcher as launcher
from compression.utils import logger as logger
from compression.utils import registry as registry
from compression.utils import timestamp as timestamp
from compression.utils import utils as utils
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)

"""``openvino.tools.pot.data_loaders.image_loader``: historic names of openpot."""

from openpot.data.image_folder import ImageLoader as ImageLoader
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__ = [
    "ImageLoader",
]

__getattr__ = refuse_absent_names(__name__)

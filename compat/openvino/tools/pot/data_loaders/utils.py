"""``openvino.tools.pot.data_loaders.utils``: historic names of openpot."""

from openpot.legacy.image_functions import collect_img_files as collect_img_files
from openpot.legacy.image_functions import prepare_image as prepare_image

__all__ = [
    "collect_img_files",
    "prepare_image",
]

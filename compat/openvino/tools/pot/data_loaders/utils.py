"""``openvino.tools.pot.data_loaders.utils``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.image_functions import collect_img_files as collect_img_files
from openpot.legacy.image_functions import crop as crop
from openpot.legacy.image_functions import prepare_image as prepare_image

__all__ = [
    "collect_img_files",
    "crop",
    "prepare_image",
]

__getattr__ = refuse_absent_names(__name__)

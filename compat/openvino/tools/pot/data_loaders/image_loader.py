"""``openvino.tools.pot.data_loaders.image_loader``: historic names of openpot."""

from openpot.data.image_folder import ImageLoader as ImageLoader

__all__ = [
    "ImageLoader",
]

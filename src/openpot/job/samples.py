"""The data set that a configuration file describes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from openpot.config.data_section import DataConfig
from openpot.data.annotated import add_annotations, choose_annotation_column
from openpot.data.callable_source import open_callable
from openpot.data.image_folder import open_image_folder
from openpot.data.image_labels import match_labels
from openpot.data.image_preprocessing import ChannelOrder, ImageLayout
from openpot.data.input_description import InputDescription
from openpot.data.loader import DataLoader
from openpot.data.npz_archive import open_npz

logger = logging.getLogger(__name__)


def open_samples(config: DataConfig, inputs: Sequence[InputDescription]) -> DataLoader:
    """Open the data set for a model with these inputs.

    Raises:
        MissingFileError: it does not exist.
        DataError: it cannot be opened, or does not fit the model.
        ConfigError: how images become inputs is not possible.
    """
    if config.callable is not None:
        return open_callable(config.callable, inputs)
    if config.npz is not None:
        return choose_annotation_column(open_npz(config.npz, inputs), config.annotations)
    images = open_image_folder(str(config.image_folder), inputs, **_convert_types(config.collect_image_choices()))
    logger.info("%d images: %s", len(images), images.preprocessing)
    if config.annotations is None:
        return images
    labels = match_labels(images.files, config.annotations)
    return add_annotations(images, [label + config.label_offset for label in labels])


def _convert_types(choices: dict[str, Any]) -> dict[str, Any]:
    if "layout" in choices:
        choices["layout"] = ImageLayout.from_text(choices["layout"])
    if "channel_order" in choices:
        choices["channel_order"] = ChannelOrder.from_text(choices["channel_order"])
    return choices

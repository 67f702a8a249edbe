"""The options of a command that say what is measured on which annotations."""

from __future__ import annotations

from openpot.config.data_section import MetricConfig
from openpot.data.annotated import add_annotations, choose_annotation_column
from openpot.data.callable_source import is_callable_name
from openpot.data.columns import ColumnRows
from openpot.data.image_folder import ImageLoader
from openpot.data.image_labels import match_labels
from openpot.data.loader import DataLoader
from openpot.data.metric import Metric
from openpot.data.metric_text import split_metric_text
from openpot.errors import ConfigError
from openpot.job.metric_table import make_metric


def make_metric_of_option(text: str | None, higher_is_better: bool | None = None) -> Metric | None:
    """The metric that an option names.

    Args:
        text: a ready-made one with its parameters, ``accuracy`` or ``accuracy,k=5``, or ``module:callable``, whose code
            is run; None for none.
        higher_is_better: of a function: whether a larger value is a better one.

    Raises:
        ConfigError: a parameter is not possible or not written as ``name=value``.
        UnknownNameError: there is no such metric or parameter.
        DataError: a ``module:callable`` does not exist.
    """
    if text is None:
        if higher_is_better is not None:
            raise ConfigError("--higher-is-better and --lower-is-better are about a --metric: name one")
        return None
    if is_callable_name(text):
        return make_metric([MetricConfig(callable=text, higher_better=higher_is_better)])
    if higher_is_better is not None:
        raise ConfigError(f"--metric {text!r} knows which values are better: --higher-is-better is for functions")
    name, parameters = split_metric_text(text)
    return make_metric([MetricConfig(name=name, **parameters)])


def add_annotations_of_option(loader: DataLoader, annotations: str | None) -> DataLoader:
    """The samples with the annotations that an option names.

    Args:
        loader: the samples.
        annotations: of images: ``folders``, or a text file with lines ``name label``; of others: the name of an array
            of the archive; None for those that the samples have.

    Raises:
        MissingFileError: there is no such text file.
        DataError: a sample has no annotation.
        ConfigError: the samples bring their annotations themselves.
    """
    if isinstance(loader, ColumnRows):
        return choose_annotation_column(loader, annotations)
    if annotations is None:
        return loader
    if isinstance(loader, ImageLoader):
        return add_annotations(loader, match_labels(loader.files, annotations))
    raise ConfigError(f"--annotations {annotations!r}: only for images and for archives with one array for each input")

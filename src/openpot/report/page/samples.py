"""The samples: those whose outputs changed most, with thumbnails, and what all of them hold."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from openpot.examination.records import InputRecord, SampleRecord
from openpot.report.page.markup import Content, element, section, table

PNG = "data:image/png;base64,"


def build_worst_samples(samples: Sequence[SampleRecord]) -> Element | None:
    """The samples whose outputs are furthest from those of the float model."""
    if not samples:
        return None
    figures = [element("figure", _show_thumbnail(sample), _describe_sample(sample)) for sample in samples]
    note = "Those whose outputs changed most, as a share of how much the outputs vary between samples."
    return section("Worst samples", element("p", note, class_="soft"), element("div", *figures, class_="samples"))


def _show_thumbnail(sample: SampleRecord) -> Element | None:
    if not sample.thumbnail.startswith(PNG):
        return None
    return element("img", src=sample.thumbnail, alt=f"sample {sample.number}")


def _describe_sample(sample: SampleRecord) -> Element:
    return element("figcaption", f"sample {sample.number}: {sample.error:.4f}")


def build_inputs(inputs: Sequence[InputRecord]) -> Element | None:
    """What the samples hold, input by input."""
    if not inputs:
        return None
    rows: list[list[Content]] = [
        [
            element("code", record.name),
            record.element_type,
            ", ".join(_show_shape(shape) for shape in record.shapes),
            f"{record.low:.4g} to {record.high:.4g}",
            f"{record.mean:.4g}",
            f"{record.deviation:.4g}",
            f"{record.equal_samples} of {record.samples}",
        ]
        for record in inputs
    ]
    headings = ["input", "type", "shapes", "values", "mean", "deviation", "equal to another one"]
    return section("What the samples hold", table(headings, rows))


def _show_shape(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape)) or "one number"

"""Models on their way to workers: as files that both sides see, or as bytes; a worker reads and compiles each once."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import openvino as ov
from openpot.errors import NotWritableError
from openpot.inference.compile import get_runtime
from openpot.inference.shipped_files import KeptOnWorker, make_shipping_folder
from openpot.workers import NotThereError, Workers, WorkerUnfitError

if TYPE_CHECKING:
    from openpot.graph.types import Model

_kept: KeptOnWorker[Any] = KeptOnWorker()


@dataclass(frozen=True)
class ShippedModel:
    """A model that a task names.

    Attributes:
        key: of this model and no other.
        xml: its file, with the weights beside it.
        processor: results are wanted as this one computes them.
        content: both files; None for workers that see them.
    """

    key: str
    xml: str
    processor: str
    content: tuple[bytes, bytes] | None = None

    def attach_content(self) -> ShippedModel:
        """The same model with its files."""
        xml = Path(self.xml)
        return replace(self, content=(xml.read_bytes(), xml.with_suffix(".bin").read_bytes()))

    def keep(self, make: Callable[[Model], Any]) -> Any:
        """What ``make`` makes of the model; made once by a worker, which keeps the last ones.

        Raises:
            WorkerUnfitError: the processor of this worker computes otherwise.
            NotThereError: there is no such file here.
        """
        here = describe_processor()
        if here != self.processor:
            raise WorkerUnfitError(f"a worker computes as {here}, and this run as {self.processor}")
        return _kept.get(self.key, lambda: make(self._read()))

    def _read(self) -> Model:
        if self.content is not None:
            xml, weights = self.content
            return get_runtime().read_model(xml, weights)
        if not Path(self.xml).is_file():
            raise NotThereError(self.xml)
        return get_runtime().read_model(self.xml)


@contextmanager
def shipped(model: Model, workers: Workers) -> Iterator[ShippedModel | None]:
    """A model as tasks name it; its files are there for as long as the block lasts.

    None if they cannot be written: the workers' user is warned that this process does the work.
    """
    with ExitStack() as stack:
        try:
            folder = make_shipping_folder()
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            shipped_model = ship(model, folder)
        except NotWritableError as error:
            workers.warn(str(error))
            shipped_model = None
        yield shipped_model


def ship(model: Model, folder: Path) -> ShippedModel:
    """A model as tasks name it, with its files in a folder.

    Raises:
        NotWritableError: the files cannot be written.
    """
    xml = folder / "model.xml"
    try:
        ov.save_model(model, str(xml), compress_to_fp16=False)
    except RuntimeError as error:
        raise NotWritableError(f"a model for the workers cannot be written to {str(folder)!r}: {error}") from error
    return ShippedModel(uuid.uuid4().hex, str(xml), describe_processor())


def describe_processor() -> str:
    """What numbers depend on: the processor, what it computes with, and whether oneDNN is held to an older one."""
    runtime = get_runtime()
    name = str(runtime.get_property("CPU", "FULL_DEVICE_NAME")).strip()
    capabilities = " ".join(runtime.get_property("CPU", "OPTIMIZATION_CAPABILITIES"))
    return f"{name} ({capabilities}) {os.environ.get('ONEDNN_MAX_CPU_ISA', '')}".strip()


@dataclass(frozen=True, eq=False)
class ModelTask:
    """What a worker does with a model; tasks add their own fields.

    Attributes:
        model: the model.
    """

    model: ShippedModel

    @property
    def has_content(self) -> bool:
        """Whether the files of the model go along."""
        return self.model.content is not None

    def attach_content(self) -> Self:
        """The same task for workers that do not see the files of the model."""
        return replace(self, model=self.model.attach_content())

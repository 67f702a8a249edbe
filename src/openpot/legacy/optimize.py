"""POT's ``app.run.optimize``: what the command does with a configuration that a script has read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from openpot.legacy.compressed_model import load_model, save_model
from openpot.legacy.create_pipeline import create_pipeline
from openpot.legacy.creators import create_data_loader, create_engine
from openpot.rewrites.compress_weights import compress_model_weights

if TYPE_CHECKING:
    from openpot.legacy.configuration import Config


def optimize(config: Config) -> dict[str, float] | None:
    """Load, quantize, compress the weights and save.

    Args:
        config: the sections ``model`` (the model goes into ``exec_log_dir``, or the working folder), ``engine`` and
            ``compression``, after ``configure_params``.

    Returns:
        The metrics if ``engine.evaluate`` asks for them.

    Raises:
        OpenPotError: something is missing, or does not go together.
    """
    model = load_model(config.model, config.compression.get("target_device") or "ANY")
    data_loader = create_data_loader(config.engine, model) if config.engine.get("type") == "simplified" else None
    engine = create_engine(config.engine, data_loader=data_loader, metric=None)
    pipeline = create_pipeline(config.compression.algorithms, engine, "CLI")
    result = pipeline.run(model)
    if not config.model.get("keep_uncompressed_weights"):
        compress_model_weights(result)
    folder = Path(config.model.get("exec_log_dir") or Path.cwd()) / "optimized"
    save_model(result, folder, config.model.get("model_name"))
    metrics: dict[str, float] | None = pipeline.evaluate(result) if config.engine.get("evaluate") else None
    return metrics

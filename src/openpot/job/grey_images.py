"""Whether the images of a configuration have one channel."""

from __future__ import annotations

from openpot.config.engine_section import SimplifiedEngineConfig
from openpot.config.run import RunConfig
from openpot.data.image_folder import find_image_input
from openpot.data.simplified_images import find_channels
from openpot.graph.read import read_model
from openpot.inference.input_layouts import list_declared_layouts
from openpot.inference.model_inputs import describe_inputs


def takes_grey(run: RunConfig) -> bool:
    """Whether images of one channel are meant; False where the model is not there to be looked at."""
    engine, path = run.engine, run.model.model
    if not isinstance(engine, SimplifiedEngineConfig) or path is None or not path.exists():
        return False
    model = read_model(path, run.model.weights)
    given = find_image_input(describe_inputs(model))
    return find_channels(given, engine.layout or list_declared_layouts(model).get(given.name)) == 1

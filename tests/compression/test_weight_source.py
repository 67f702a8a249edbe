import numpy as np
import pytest

from compressible_models import language_model, weights
from openpot.compression.weight_source import WeightSource
from openpot.compression.weight_tensors import find_weights
from openpot.errors import ModelError
from openpot.graph.edit import ModelEditor
from openpot.graph.node_index import NodeIndex
from openpot.graph.revisions import snapshot_graphs


def source_of(model, name):
    tensors = find_weights(snapshot_graphs(model)[""]).tensors
    return WeightSource(
        NodeIndex(model), next(one for one in tensors if name in (reader.node for reader in one.readers))
    )


@pytest.mark.parametrize("half", [False, True])
def test_rows_run_along_the_axis_of_the_groups(half):
    kept = np.float16 if half else np.float32
    up, down = (source_of(language_model(half=half), name) for name in ("up", "down"))
    assert np.array_equal(up.rows(), weights(1, 96, 64).astype(kept))
    assert np.array_equal(down.rows(3, 5), weights(2, 96, 64).T[3:5].astype(kept))
    assert (up.num_rows, down.num_rows) == (96, 64)


def test_values_that_are_not_finite_are_named():
    model = language_model()
    with ModelEditor(model) as editor:
        values = weights(1, 96, 64)
        values[3, 4] = np.nan
        editor.replace_constant("up_w", values)
    with pytest.raises(ModelError, match="'up' hold 1 value"):
        source_of(model, "up").rows()

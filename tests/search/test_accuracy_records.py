"""Records of a search."""

import pytest

from openpot.search.accuracy_records import AccuracyAwareResult, SearchStatus


@pytest.mark.parametrize("status", SearchStatus)
def test_only_a_target_that_was_reached_is_called_so(status):
    result = AccuracyAwareResult(status, "", {}, None, {}, "quantized", (), 0, ())
    assert result.is_reached == (status == "reached")

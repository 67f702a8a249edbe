"""Streams whose reader has gone."""

import os

from openpot.broken_pipes import silence


def test_what_is_written_after_the_reader_has_gone_is_dropped():
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream:
        silence(stream)
        stream.write("nobody reads this")
        stream.flush()

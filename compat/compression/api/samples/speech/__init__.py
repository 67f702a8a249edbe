"""``compression.api.samples.speech``: historic names of openpot."""

__all__: list[str] = []

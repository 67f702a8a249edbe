"""``compression.api.samples.face_detection``: historic names of openpot."""

__all__: list[str] = []

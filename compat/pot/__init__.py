"""``pot``: historic names of openpot."""

__all__: list[str] = []

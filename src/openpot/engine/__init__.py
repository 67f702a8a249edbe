"""Running a model on data."""

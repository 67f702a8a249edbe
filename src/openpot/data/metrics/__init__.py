"""Ready-made metrics, one a file; :mod:`openpot.data.metric_names` knows them by name."""

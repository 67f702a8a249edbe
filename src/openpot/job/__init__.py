"""From a valid configuration file to a saved model: data, metric, engine, pipeline, output folders."""

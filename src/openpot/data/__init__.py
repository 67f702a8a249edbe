"""What users write or pass in: data loaders, metrics, samplers, samples."""

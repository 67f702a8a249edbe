"""A closer look at a result, for its report: ranges, errors and times of layers, samples. Only made where asked for."""

"""Looking at what was run: executed graph, speed, times per operation, distance of outputs, processor."""

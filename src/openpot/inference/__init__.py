"""Running a model on samples: compile, feed, queue and observe; inputs and outputs by name."""

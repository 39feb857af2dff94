"""Images and labels: outside files, tasks, and data sets."""

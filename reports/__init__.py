"""Tell it: the scorecard as a view, and one file for each format."""

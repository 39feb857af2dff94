"""Tests of secondsight.metrics; a package, since tests of figures bear the same names."""

"""Tests of secondsight.figures; a package, since tests of metrics bear the same names."""

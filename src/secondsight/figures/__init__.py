"""From numbers to figures: pure functions, drawn in whatever theme is in force."""

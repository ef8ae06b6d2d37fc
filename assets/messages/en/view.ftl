# Views, windows, render, measure.

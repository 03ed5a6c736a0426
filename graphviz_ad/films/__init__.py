"""Films: a function run along its sliders, and the data that the browser's player needs of it."""

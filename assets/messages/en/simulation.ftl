# Simulated scans.

simulate-dicos = a DICOS element cannot be written: { $cause }
scene-fault = '{ $path }' cannot be simulated: line { $line }: { $why }
scene-size = width and height must be 1 to { $longest } and make at most { $most } million pixels: change them in [scan]
scene-air = 'air' must be at most 65535, the highest sample
scene-energies = 'energies' must be one tube voltage, such as ["160 kV"], or two of a linac, such as ["6 MV", "9 MV"]
scene-dead-rows = 'noise.dead_rows' must name rows from 0 to below the height, { $height }
scene-positive = '{ $key }' must be above zero
scene-not-negative = '{ $key }' must not be negative
scene-finite = '{ $key }' must be numbers
scene-needs = '{ $key }' is missing, and a { $shape } needs it
scene-ready-turned = containers and suitcases are not turned: leave 'rotation' out
scene-copies = 'repeat.count' must make 1 to { $most } copies
scene-density = '{ $material }' is a formula without density: add 'density' in g/cm3
scene-labels = at most { $most } things can have labels: take some away
scene-in-source = an object reaches the source of the beam: move it, or give a larger 'source_distance_mm' in [scan]
simulate-done = simulated { $width } x { $height } pixels with seed { $seed } into '{ $folder }'
simulate-calibration = '{ $path }' lists the calibration blocks

cli-simulate = Makes a dual-energy scan with its ground truth out of a scene file
cli-simulate-scene = The scene: scanner and objects, as docs/simulate.md describes
cli-simulate-output = The folder to write into; it is made where it is missing
cli-simulate-seed = Seed of everything random, in place of the scene's own
cli-simulate-example =
    Example:
      xamine simulate samples/scenes/tanker.toml -o tanker --seed 7

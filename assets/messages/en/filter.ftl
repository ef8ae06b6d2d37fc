# One line for each filter: filter-NAME; its parameters: filter-NAME-PARAMETER.
filter-invert = Swaps bright and dark; material colours keep their hue
filter-log = Shows attenuation instead of transmission, which spreads the dense parts
filter-gamma = Bends the grey scale: above 1 lifts the dark parts, below 1 spreads the bright ones
filter-gamma-gamma = Exponent, 1 changes nothing
filter-density-band = Shows only what lies between two values and takes the rest out
filter-density-band-lo = Lower value, in the unit shown
filter-density-band-hi = Upper value, in the unit shown
filter-smooth = Evens out noise
filter-smooth-sigma = Width of the kernel in scan pixels
filter-edge = Sharpens edges and thin wires
filter-edge-amount = Strength
filter-edge-sigma = Width of the kernel in scan pixels
filter-local-contrast = Brings out detail in dark and bright parts at once
filter-local-contrast-radius = Half the side of the surround in scan pixels
filter-local-contrast-limit = How many times detail may be lifted
filter-organic-only = Shows only organic matter; other materials stay as faint grey (dual energy)
filter-inorganic-only = Shows only inorganic and mixed matter; other materials stay as faint grey (dual energy)
filter-metal-only = Shows only metal; other materials stay as faint grey (dual energy)
filter-organic-stripped = Takes organic matter out down to faint grey (dual energy)
filter-metal-stripped = Takes metal out down to faint grey (dual energy)
filter-z-band = Shows only materials whose Z lies between two values; others stay as faint grey (dual energy)
filter-z-band-lo = Lowest Z
filter-z-band-hi = Highest Z
filter-high-z-alert = Marks what is heavy, or too dense to tell from heavy metal, in the alarm colour (dual energy)
filter-unknown = '{ $name }' is no filter; there are { $names }
filter-unknown-near = '{ $name }' is no filter; did you mean '{ $near }'?
filter-not-a-number = '{ $value }' is no number for the filter '{ $name }'
filter-too-many = the filter '{ $name }' takes { $count } { $count ->
    [one] number
   *[other] numbers
  }
filter-out-of-range = '{ $value }' is out of range for '{ $parameter }' of the filter '{ $name }': give { $low } to { $high }

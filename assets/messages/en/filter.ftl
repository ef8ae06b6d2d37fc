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
filter-peel = Takes the attenuation of a background off both energies before anything else: a region, the walls, or a material (dual energy)
filter-peel-high = Attenuation of the high energy; 'wall', 'region,X,Y,W,H' or 'steel,2.5' (g/cm2) in place of the numbers
filter-peel-low = Attenuation of the low energy
filter-peel-x = Left edge of the part of the scan where it is taken off
filter-peel-y = Its top edge
filter-peel-width = Its width; 0 is the whole scan
filter-peel-height = Its height; 0 is the whole scan
filter-cancel = Shows the low energy's attenuation less a multiple of the high one's, so that one material vanishes (dual energy)
filter-cancel-weight = The multiple, or the name of the material that is to vanish
filter-unknown = '{ $name }' is no filter; there are { $names }
filter-unknown-near = '{ $name }' is no filter; did you mean '{ $near }'?
filter-not-a-number = '{ $value }' is no number for the filter '{ $name }'
filter-too-many = the filter '{ $name }' takes { $count } { $count ->
    [one] number
   *[other] numbers
  }
filter-out-of-range = '{ $value }' is out of range for '{ $parameter }' of the filter '{ $name }': give { $low } to { $high }

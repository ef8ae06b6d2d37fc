# One line for each filter: filter-NAME; its parameters: filter-NAME-PARAMETER.
filter-invert = Swaps bright and dark; material colours keep their hue
filter-log = Shows attenuation instead of transmission, which spreads the dense parts
filter-gamma = Bends the grey scale: above 1 lifts the dark parts, below 1 spreads the bright ones
filter-gamma-gamma = Exponent, 1 changes nothing
filter-high-penetration = Spreads the dense parts: what hardly lets anything through is told apart, the thin parts grow pale
filter-high-penetration-knee = Transmission below which contrast is lifted; the smaller, the denser the parts that it opens
filter-low-penetration = Spreads the thin parts: what hardly absorbs anything is told apart, the dense parts grow dark
filter-low-penetration-knee = Absorbed share below which contrast is lifted; the smaller, the thinner the parts that it opens
filter-equalize = Spreads the greys so that each is as frequent as any other in what is seen, air left out
filter-clahe = Spreads the greys of every part of what is seen by itself, within a limit (CLAHE)
filter-clahe-tiles = Parts across and down
filter-clahe-limit = How many times contrast may grow
filter-sen = Super enhancement: brings out detail of every size in dark and bright parts at once, with faint haloes around the densest
filter-sen-detail = How many times faint detail is lifted
filter-sen-ground = Share of the large brightness differences that stays
filter-sen-radius = Half the size of the largest detail in scan pixels
filter-density-band = Shows only what lies between two values and takes the rest out
filter-density-band-lo = Lower value, in the unit shown
filter-density-band-hi = Upper value, in the unit shown
filter-density-alert = Marks what attenuates more than a threshold in the alarm colour, whatever the other filters
filter-density-alert-attenuation = Threshold: 1 lets 37 % through, 4 lets 2 % through
legend-denser = attenuation above { $value }, of the view:
filter-smooth = Evens out noise
filter-smooth-sigma = Width of the kernel in scan pixels
filter-edge = Sharpens edges and thin wires
filter-edge-amount = Strength
filter-edge-sigma = Width of the kernel in scan pixels
filter-unsharp = Sharpens by an unsharp mask, only where the difference is above a threshold
filter-unsharp-amount = Strength
filter-unsharp-sigma = Width of the kernel in scan pixels
filter-unsharp-threshold = Differences up to this share of full scale stay
filter-edge-only = Shows only the edges, bright on dark
filter-edge-only-amount = Strength
filter-relief = Shows the slopes as a relief lit from one side
filter-relief-direction = Where the light comes from in degrees: 0 right, 90 above
filter-relief-amount = Height
filter-local-contrast = Brings out detail in dark and bright parts at once
filter-local-contrast-radius = Half the side of the surround in scan pixels
filter-local-contrast-limit = How many times detail may be lifted
filter-median = Takes single wrong pixels out and leaves edges where they are
filter-median-radius = Half the side of the square in scan pixels
filter-bilateral = Evens out noise and leaves edges
filter-bilateral-sigma = Width of the kernel in scan pixels
filter-bilateral-contrast = Differences that count as an edge, as a share of full scale
filter-destripe = Takes out stripes that run along rows or columns
filter-destripe-direction = 0 for stripes along rows, 1 along columns
filter-destripe-radius = Scan pixels on either side that a line is compared with
filter-open = Takes out what is bright and smaller than a square
filter-open-radius = Half the side of the square in scan pixels
filter-close = Takes out what is dark and smaller than a square
filter-close-radius = Half the side of the square in scan pixels
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
filter-too-many = the filter '{ $name }' takes { $count ->
    [0] no numbers
    [one] { $count } number
   *[other] { $count } numbers
  }
filter-out-of-range = '{ $value }' is out of range for '{ $parameter }' of the filter '{ $name }': give { $low } to { $high }{ $unit ->
    [pixels] {" "}pixels of the scan
   *[one] {""}
  }

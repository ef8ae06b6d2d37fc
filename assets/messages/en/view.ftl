# Views, windows, render, measure.
view-value-sample = { $value } smp
view-value-transmission = { $value } T
view-value-attenuation = { $value } α
view-no-heavy = four material colours need megavolt energies: at tube voltages heavy metals cannot be told; use --display material
view-no-air = no open-beam value is known: stored samples are shown
view-turned = low samples are drawn bright, as the file says
view-beyond = the dark grey ground lies outside the scan
view-empty = the picture has no pixels: give a width and a height above 0
view-window-unit = the window is in another unit than this scan shows: choose it anew
view-no-picture = this scan holds no picture
view-unknown-view = '{ $name }' is no view of this scan; there are { $names }
view-unknown-plane = '{ $name }' is no plane of this scan; there are { $names }
view-plane-missing = this scan has no plane '{ $plane }'
view-unknown-display = '{ $name }' is no display; try { $names }
view-unknown-palette = '{ $name }' is no palette; there are { $names }
view-unknown-preset = '{ $name }' is no preset; there are { $names }
view-bad-window = '{ $text }' is no window: give CENTRE,WIDTH with a width above 0, or auto
view-bad-region = '{ $text }' is no region of this scan: give X,Y,W,H within { $width } by { $height } pixels
view-colour-only = a colour picture is shown as it is: choose one of its planes for displays and filters
preset-bw = Plain grey
preset-negative = Grey, bright and dark swapped
preset-high-penetration = The dense parts, spread by the logarithm
preset-low-penetration = The light parts
peel-everywhere = background taken off everywhere: attenuation { $high } of the high energy, { $low } of the low
peel-within = background taken off in a part: attenuation { $high } of the high energy, { $low } of the low
cancel-weight = low less { $weight } times high: what reads as Z { $z } vanishes (at attenuation 1)
cancel-weight-alone = low less { $weight } times high
peel-words = '{ $text }' names nothing to take off: give peel=wall, peel=region,X,Y,W,H, peel=MATERIAL,G_CM2 or peel=HIGH,LOW
peel-no-wall = no wall is found: nothing light lies before much of the scan; mark a region and take that off
peel-no-model = no model serves these energies: take a region off instead
peel-nothing-through = nothing comes through that region, so its attenuation is not known: choose a lighter one
preset-super-enhancement = Local contrast and sharp edges
preset-variable-gamma = The dark parts lifted
preset-edge = Edges and thin wires
preset-material = Material colours
preset-organic-only = Organic matter alone
palette-grey = Grey
palette-blue-yellow = Blue to yellow, safe for any colour vision
palette-violet-yellow = Violet over green to yellow, safe for most colour vision
palette-heat = Black over violet and orange to white
render-extension = '{ $path }' has no ending that render knows: use .png, .tif or .npy
render-evidence = '{ $path }' is a file of the scan itself and is not written over: name another file with --output
render-bad-size = '{ $text }' is no size: give WxH, Wx or xH with sides from 1 to 65535 and at most 400 million pixels
render-colour = a colour picture has no single quantity: name one of its planes with --plane
render-stage = { $stage } { $ms } ms
measure-region = region { $width } by { $height } pixels at { $x }, { $y }
measure-size = { $width } by { $height } mm
measure-plane = { $plane }: mean { $mean }, SD { $sd }, min { $min }, max { $max }, transmission { $transmission }, attenuation { $attenuation }
measure-unknown = unknown
measure-class = material: { $class }
measure-class-subtracted = material without its background: { $class }
measure-z = Z { $z } (half of the pixels { $low } to { $high }), { $mass } g/cm2, as much as { $steel } mm of steel
measure-candidates = reads like: { $names }
measure-share =   { $percent } % { $class }
cli-arg-preset = A way of looking by name, such as material or edge; other options override it
cli-render-output = The file: .png is what is seen, .tif and .npy the quantity behind it
cli-render-size = Size in pixels, 1:1 without it: WxH keeps the shape on exactly that canvas, Wx and xH follow it
cli-render-legend = Draw the legend under the picture
cli-render-time = Say the milliseconds of each stage on standard error
cli-render-example =
    Example:
      xamine render scan_high.tif --display material -o materials.png
cli-measure-region = The region in scan pixels, wholly inside the scan
cli-measure-background = A part of its surround, whose attenuation is taken off
cli-measure-example =
    Example:
      xamine measure scan_high.tif --region 43,31,14,11 --background 30,31,8,11

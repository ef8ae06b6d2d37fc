# Regions, lines and what is measured of them.
notice-mark-start = move the crosshair with the arrows to a corner, then mark it
notice-mark-next-rect = now move to the opposite corner and mark it; Esc gives up
notice-mark-next-ellipse = now move to the opposite corner of its box and mark it; Esc gives up
notice-mark-next-polygon = move to the next corner and mark it; mark the newest again to close it, Esc gives up
notice-mark-next-line = now move to the other end and mark it; Esc gives up
notice-mark-next-angle = now mark the vertex, then the other end; Esc gives up
notice-marked = marked; it goes into the decision; { $key } takes hold of it
notice-mark-at = { $n } of { $all }: { $shape } { $width } by { $height } at { $x }, { $y }
shape-rect = rectangle
shape-ellipse = ellipse
shape-polygon = polygon
shape-line = line
shape-angle = angle
error-measure-panicked = this region cannot be measured; another one may do

measure-row = { $label }: { $value }
measure-region = { $shape } { $width } by { $height } pixels at { $x }, { $y }
measure-plane = { $plane }: mean { $mean }, SD { $sd }, min { $min }, max { $max }, transmission { $transmission }, attenuation { $attenuation }
measure-unknown = unknown
measure-large = too large to tell its material at once: the decision and xamine measure do
measure-bad-polygon = '{ $text }' is no polygon: give X,Y;X,Y;X,Y with 3 to 256 corners in scan pixels
measure-bad-line = '{ $text }' is no line: give X,Y,X,Y, two pixels that differ
measure-bad-angle = '{ $text }' is no angle: give X,Y,X,Y,X,Y: end, vertex, end, which differ
measure-class = material: { $class }
measure-class-subtracted = material without its background: { $class }
measure-z = Z { $z } (half of the pixels { $low } to { $high }), { $mass } g/cm2, as much as { $steel } mm of steel
measure-mass = about { $mass } kg in the region, by the size of its pixels
measure-with = with its background: { $class }, Z { $z }
measure-with-class = with its background: { $class }
measure-candidates = reads like: { $names }
measure-share =   { $percent } % { $class }

cli-measure-region = A rectangle in scan pixels: left, top, width, height, wholly inside the scan
cli-measure-ellipse = The ellipse that fills this rectangle
cli-measure-polygon = A polygon through the centres of these pixels, its edge included
cli-measure-line = A line between the centres of two pixels: profile, length and what repeats
cli-measure-angle = The angle between two lines: end, vertex, end
cli-measure-background = A part of its surround, whose attenuation is taken off
cli-measure-example =
    Example:
      xamine measure scan_high.tif --region 43,31,14,11 --background 30,31,8,11

# Labels and values of a region's numbers.
region-title = Region { $n } of { $all }
region-size = size
region-size-px = { $width } x { $height } px
region-size-mm = { $width } x { $height } mm
region-area = area
region-area-mm2 = { $value } mm2
region-area-px2 = { $value } px2
region-mean = mean
region-spread = { $mean } SD { $sd }
region-range = range
region-from-to = { $low } to { $high }
region-median = median
region-90 = 5 to 95 %
region-98 = 1 to 99 %
region-snr = mean/SD
region-transmission = transmission
region-attenuation = attenuation
region-integral = sum of α
region-left-out = { $value } (dark: { $n })
region-class = class
region-z = Z
region-mass = mass
region-mass-kg = { $value } kg
region-length = length
region-mm = { $value } mm
region-px = { $value } px
region-angle = angle
region-degrees = { $value }°
region-degrees-px = { $value }° in px
region-period-x = every, across
region-period-y = every, down
region-period-line = every
region-period-of = { $length }, { $items } items ({ $percent } %)
region-repeats = repeats
region-no-period = no period
region-wait = being measured …
region-plane-note = mm hold where a pixel is { $x } x { $y } mm; nearer to the source things measure larger than they are, nearer to the detector smaller
region-no-mm = the scan gives no pixel size, so there are no mm
region-angle-note = by pixels, whose shape is not known

plot-histogram = Histogram of the { $shape }, { $plane }
plot-profile = Profile along the line, { $plane }
plot-angle = Angle
plot-count = { $n }

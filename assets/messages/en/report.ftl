# Reports: pages for supervisors, case sheets, replays, numbers. Every message here has its French.
report-title = Decisions on X-ray scans
report-made = { $cases ->
    [one] { $cases } decision
   *[other] { $cases } decisions
  } from the log '{ $folder }', written by xamine { $version }
report-no-evidence = This report is a view of the log, not evidence: the log is, and 'xamine log verify' checks it.
report-verified = The log when this report was made:
report-counts = { $records } { $records ->
        [one] record
       *[other] records
    } in { $segments } { $segments ->
        [one] segment
       *[other] segments
    }
report-list = Decisions in this report

# Facts.
report-decision = Decision
report-first-said = first: { $decision }
report-amended = corrected later, see below
report-standing-single = no second reading
report-standing-agreed = the second reading agrees
report-standing-disagreed = the second reading disagrees; nobody has arbitrated yet
report-standing-arbitrated = settled by arbitration
report-reasons = Reasons
report-note = Note
report-confidence = Confidence
report-of-five = { $level } of 5
report-controls = Control asked for
report-who = Who
report-on-host = on { $host }
report-who-claimed = as typed at the start of the sitting; the log does not authenticate
report-who-unknown = unknown: the record that says it is damaged
report-when = When
report-took = took { $total }, of which { $idle } without a key
report-first-picture = first picture after { $after }
report-scan = Scan
report-scan-id = Scan id
report-bytes = { $bytes } bytes
report-kind-dual-energy = dual energy
report-kind-single-energy = single energy
report-kind-colour = colour picture
report-kind-report = report without pictures
report-kind-unknown = could not be decoded
report-declaration = Declaration seen
report-radiation = Radiation reading
report-alarms = Automatic alarms
report-alarm-shown = shown at { $at }
report-alarm-hidden = never shown
report-answer-agree = agreed
report-answer-disagree = disagreed
report-answer-unsure = unsure
report-answer-none = not answered
report-checklist = Checklist
report-step-open = not done
report-step-done = done
report-step-seen = seen done by the console
report-warnings = Warnings confirmed
report-no-warnings = none
report-final-lossless = The last picture had every pixel value.
report-final-lossy = The last picture did NOT have every pixel value.
report-cells-only = Seen in character cells only: too coarse for small items.
report-truncated = Data of the scan was missing.
report-refers-to = Comes after
report-record = Record
report-record-at = { $segment }, line { $line }

# What was found where.
report-found = What was found where
report-whole = The whole scan in plain grey, with the marked regions by number.
report-no-regions = No region was marked.
report-region = Region { $number }
report-region-as-seen = The region as it was looked at longest, with what is around it.
report-region-plain = The region in plain grey, with what is around it: no recorded view shows it.
report-place = Place
report-shape-rect = rectangle
report-shape-ellipse = ellipse
report-shape-polygon = polygon
report-shape-line = line
report-pixels = from { $x }, { $y }: { $width } x { $height } px
report-mm = { $width } x { $height } mm
report-material = Material estimate
report-z = effective atomic number { $z } (half of the pixels { $low } to { $high })
report-mass-thickness = { $value } g/cm2
report-steel = lets through as much as { $value } mm of steel
report-mass = about { $value } kg
report-sure = confidence { $percent } %
report-subtracted = without what is around it
report-stat-plane = Plane
report-stat-mean = Mean
report-stat-sd = Deviation
report-stat-min = Least
report-stat-max = Most
report-stat-transmission = Transmission
report-stat-attenuation = Attenuation

# What was looked at, and how.
report-looks = What was looked at, and how
report-no-looks = No view was recorded.
report-longest = Pictures are of the six views that stood longest.
report-look-step = Step
report-look-time = Stood
report-look-what = What
report-look-how = How
report-look-shown = On screen
report-look-caption = Step { $step }, { $dwell }
report-look-unknown = written by a newer version:
report-lossless = every pixel value
report-lossy = NOT every pixel value
report-merged = with { $count } shorter views
report-zoom = zoom { $zoom }
report-of-view = view '{ $view }'
report-display-grey = grey
report-display-material = materials in three colours
report-display-material4 = materials in four colours
report-display-material-safe = materials in colours for every eye
report-display-class = classes of materials
report-display-z = effective atomic number
report-display-thickness = mass thickness
report-display-steel = steel that absorbs as much
report-display-palette = palette { $palette }
report-unit-sample = stored samples
report-unit-transmission = transmission
report-unit-attenuation = attenuation
report-unit-mass-thickness = g/cm2
report-unit-steel = mm of steel
report-window = window { $low } to { $high } { $unit } (centre { $centre }, width { $width })
report-curve-linear = linear
report-curve-linear-exact = linear
report-curve-sigmoid = S-shaped
report-filters = filters:
report-no-filters = no filters
report-bypassed = kept, not applied
report-rotated = turned by { $degrees } degrees
report-mirrored = left and right swapped
report-flipped = top and bottom swapped
report-compared = compared: { $mode }, with scan { $scan }
report-profile = scanner profile { $hash }
report-picture = picture drawn again from the scan
report-no-picture = No picture:
report-simulated = SIMULATED: this is no picture of a real object.
report-picture-changed = '{ $file }' is not the file decided upon: its SHA-256 is now { $now }
report-picture-company = '{ $file }' is as it was, but the scan it belongs to is not
report-picture-no-file = the record names no file
report-picture-no-other = the scan that it was compared with is not in this log
report-picture-no-size = the recorded view has no size

# What came later.
report-later = What came later
report-nothing-later = Nothing: no correction, no second reading, no outcome is in this log.
report-amend = Correction
report-second = Second reading
report-arbitration = Arbitration
report-found-in = { $item }, in the region { $region }
report-outcome = Outcome of the inspection
report-of-second = Of the second reading
report-region-count = { $count ->
    [one] { $count } region
   *[other] { $count } regions
  }
report-other = Other
report-why = Why
report-blind = Blind
report-blind-yes = yes: the first decision was hidden until this was recorded
report-blind-no = NO: the first decision was known
report-between = Between
report-result = Result
report-result-nothing-found = nothing found
report-result-discrepancy = discrepancy
report-result-seizure = seizure
report-result-not-examined = not examined
report-items = Found
report-inspected-by = Inspected by
report-inspected-at = Inspected on

# Between a word and a name.
report-named = { $what }: { $name }

# The case sheet.
sheet-title = Inspection: { $unit }
sheet-where = Where to look
sheet-look-for = What to look for
sheet-from-doors = { $low } to { $high } m from the door end of the picture
sheet-from-left = { $low } to { $high } m from the left end of the picture
sheet-above = { $low } to { $high } m above the lower edge of the picture
sheet-size = { $wide } m long, { $high } m high
sheet-share-left = { $low } to { $high } % of the picture from its left end
sheet-share-low = { $low } to { $high } % of the picture above its lower edge
sheet-plane = Metres are those of the plane that the scan's pixel size is for; what is nearer to the source looks larger.
sheet-no-scale = The scan does not say how large a pixel is: places are shares of the picture.
sheet-no-doors = The scan does not say at which end the doors are.
sheet-no-side = Which side of the unit it is on cannot be told from this view.
sheet-look-density-anomaly = Something much denser or lighter than the load around it: open the packages at the marked place.
sheet-look-hidden-compartment = A closed space: measure length and height inside and outside, knock on walls, floor and roof.
sheet-look-declaration-mismatch = Goods that are not those declared: compare count, packing and kind with the papers.
sheet-look-undeclared-goods = Goods beside those declared: look behind and between the declared load.
sheet-look-organic-mass = A mass of organic material: look for drugs, tobacco, food, explosives; sample before moving it.
sheet-look-dense-shielding = A dense cover that may hide something: measure radiation first, then look inside.
sheet-look-no-penetration = The beam did not come through: nothing is known of what is behind; unload it.
sheet-view = Seen in the view “{ $view }”.
sheet-first = Decided first
sheet-first-value = { $decision }, by { $who }, { $when }
sheet-look-structure-modified = A changed structure: fresh welds, paint, rivets, a second wall or floor.
sheet-look-empty-not-empty = Declared empty, but something is inside.
sheet-look-radiation-alarm = Radiation was measured: keep distance, call who is trained for it, identify the source first.

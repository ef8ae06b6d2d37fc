# Materials: classes, states, legends.
class-organic = organic
class-inorganic = inorganic
class-metal = metal
class-heavy = heavy, Z above 50
class-air = air
class-thin = too thin to tell
class-black = no penetration
class-dense = dense, may be heavy metal
class-impossible = no possible reading
class-saturated = saturated
class-defect = detector defect
class-not-dual = one energy only
legend-pale = pale colours: { $percent } % of what is coloured lies near a boundary and may be the neighbouring class
legend-stripped = { $class }, taken out
legend-z-below = Z below { $high }
legend-z-between = Z { $low } to { $high }
legend-z-above = Z { $low } and more
legend-z-heavy = heavy, Z above 50
legend-z-outside = Z outside { $low } to { $high }, taken out
legend-alarm = ALERT: { $class }
physics-generic-curves = classes by generic { $curves } curves, not calibrated for this scanner
physics-heavy-looks-organic = heavy metals such as lead can look organic at this energy
physics-energies-assumed = the energies are not known: 6 and 9 MV are assumed
physics-air-estimated = the open-beam value was estimated from the border
physics-no-curves = no boundary curves serve the energies '{ $high }' and '{ $low }': look at the scan in grey
physics-one-energy = one energy only: materials need a high and a low energy plane; look at the scan in grey
physics-no-air = no open-beam value is known, so materials cannot be told: give 'air' for each plane in a sidecar file 'NAME.scan.toml'
physics-energy-unknown = unknown

# The model: matter and spectra.
physics-no-element = no element has the atomic number '{ $z }': the cross sections go from 1 to { $highest }
physics-no-formula = '{ $formula }' is not a chemical formula such as 'NaCl' or 'C12H22O11'
physics-no-material = '{ $name }' is neither a known material nor a chemical formula; the nearest name is '{ $near }'
physics-spectrum-broken = the spectrum needs as many photon numbers as energies, between 1 keV and 20 MeV, none negative and not all zero
physics-end-point = no linac spectrum is known for '{ $given }' MV: give 1 to 15
physics-no-tube = no tube spectrum is known for '{ $given }' kV: the listed voltages are { $listed }

# Calibration and scanner profiles.
calibrate-few = { $given } calibration blocks do not determine a fit: give at least { $fewest }, e.g. carbon, iron and lead
calibrate-no-number = the block '{ $block }' needs an attenuation and a mass thickness above zero
calibrate-one-z = the calibration blocks are all of one material: give light, middle and heavy ones, e.g. carbon, iron and lead
calibrate-alike = the calibration blocks are too much alike to determine the fit: give light, middle and heavy ones, e.g. carbon, iron and lead
profile-version = the profile is of version { $given }, and version { $known } is read: calibrate again
profile-mixed = a profile has two tube energies or two linac energies, and not '{ $high }' and '{ $low }'
profile-energy = '{ $given }' is no energy such as '160 kV' or '9 MV'
profile-limits = the profile's section [classes] needs rising atomic numbers, a highest one of 2 to 100, and thin below black
profile-table = the profile's table is not whole: it needs a line of energies and two lines a detector row whose shares sum to 1
profile-toml = line { $line }: { $words }
profile-table-name = its table must be a file beside it, named without a folder
profile-table-changed = its table '{ $table }' is not the one that was written with it: calibrate again
calibrate-output = '{ $path }' is no name for a scanner profile: give one that ends in '.toml'
calibrate-toml = line { $line }: { $words }
calibrate-beam-name = the name of a beam is its energy, such as '9 MV' or '160 kV'
calibrate-shape = the array's shape does not fit the others: rows by blocks, or rows by energies
calibrate-both-forms = blocks are given either as arrays in [blocks] or one by one in [[block]], not both
calibrate-z-by-row = every detector row must have the same blocks in the same order
calibrate-block-matter = a block has either 'z' or 'material'
calibrate-block-numbers = a block has either 'alpha_high' and 'alpha_low' or 'scan' and 'region'
calibrate-block-region = a block's 'region' and 'background' are 'X,Y,W,H' in scan pixels
calibrate-block-scan = a block's scan needs a high and a low plane whose open beam is known, and its region some signal
calibrate-spectra = give 'energy_grid' and a 'spectrum' for both beams, or neither: then they are modelled from the energies
calibrate-spectra-shape = 'energy_grid' must rise, and response and spectra must have its length, one spectrum for all rows or one a row
calibrate-fitted = fitted { $high } and { $low } on { $rows } detector rows
calibrate-residual =   { $block }, { $mass } g/cm2: residual { $high } high, { $low } low in attenuation
calibrate-weights = { $beam }: photoelectric a { $a }, Compton b { $b }, pair production c { $c }
calibrate-written = written: '{ $profile }' with its table '{ $table }'
cli-calibrate = Fits a scanner profile from calibration blocks
cli-calibrate-file = The calibration: energies, spectra, blocks (docs/calibration.md)
cli-calibrate-output = The scanner profile, ending in .toml; its table is written beside it
cli-calibrate-example =
    Example:
      xamine calibrate calibration.toml -o scanner.toml
profile-other-energy = the profile is for { $own-high } and { $own-low }, and the scan has { $high } and { $low }: give the profile of this scanner
profile-other-rows = the profile is for { $own } detector rows, and the scan has { $rows }: give the profile of this scanner, or the whole scan
view-profile-missing = the view was made under a scanner profile that is not at hand: give it with --profile
profile-in-use-unnamed = by the given scanner profile, { $date }
profile-in-use = calibrated for '{ $scanner }', { $date }

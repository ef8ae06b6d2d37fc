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

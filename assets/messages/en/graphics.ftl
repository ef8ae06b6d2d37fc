# Protocols, the probe, show.

# Protocols, the probe, show.
graphics-bad-cell = a cell of '{ $value }' pixels is not understood; write it as WIDTHxHEIGHT, such as 8x16
graphics-bad-size = a size of '{ $value }' cells is not understood; write it as COLUMNSxROWS, such as 80x24
graphics-protocol-unknown = the protocol '{ $value }' is not known; there are auto, { $names }
graphics-protocol-later = the protocol '{ $value }' is not part of this build; there are auto, { $names }
graphics-no-pixels = there are no pixels to show
graphics-png-failed = the picture could not be packed as PNG: { $why }

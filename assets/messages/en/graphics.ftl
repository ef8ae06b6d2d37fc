# Protocols, the probe, show.
graphics-bad-cell = a cell of '{ $value }' pixels is not understood; write it as WIDTHxHEIGHT, such as 8x16
graphics-bad-size = a size of '{ $value }' cells is not understood; write it as COLUMNSxROWS, such as 80x24
graphics-protocol-unknown = the protocol '{ $value }' is not known; there are auto, { $names }
graphics-no-pixels = there are no pixels to show
graphics-png-failed = the picture could not be packed as PNG: { $why }
graphics-reason-ceiling = the highest quality that is allowed is cells
graphics-jpeg-failed = the picture could not be packed as JPEG: { $why }
graphics-nothing-fits = no picture of this view fits in { $bytes } bytes; allow more, or take a smaller size
graphics-reason-forced = as asked for
graphics-reason-kitty = { $terminal } answered to kitty graphics
graphics-reason-iterm2 = { $terminal } takes iTerm2 pictures
graphics-reason-sixel = the terminal says that it takes sixel
graphics-reason-multiplexer = { $name } takes pictures away
graphics-reason-tmux = tmux takes pictures away; 'set -g allow-passthrough on' in its configuration lets those of kitty 0.28 and Ghostty through
graphics-reason-tmux-old = { $terminal } behind tmux has no picture placeholders; kitty has them since 0.28
graphics-reason-tmux-kitty = { $terminal } behind tmux answered to kitty graphics
graphics-reason-tmux-sixel = tmux says that it takes sixel
graphics-reason-none = the terminal answered without a picture protocol
graphics-reason-waiting = the terminal has not answered yet
graphics-reason-tmux-waiting = { $terminal } behind tmux has not answered yet
terminal-waiting = Waiting for the terminal ...
terminal-stalled = the terminal takes no more output; end what holds it, or close it
graphics-terminal-unnamed = the terminal
show-needs-protocol = into a pipe 'show' needs to know for which terminal; name it, such as --protocol kitty, or --protocol half-block
show-bad-bytes = '--max-bytes' takes a whole number of bytes, such as 12000, not '{ $value }'
show-bad-quality = the quality '{ $value }' is not known; there are Q0 to Q5
show-reached = the picture printed is { $rung } in { $bytes } bytes: LOSSY
cli-show-protocol = How the picture is drawn: auto, kitty, iterm2, sixel, half-block, quadrant, sextant, octant, braille or none
cli-show-size = Most cells that the picture takes, such as 80x24
cli-show-cell = Pixels of a cell, such as 8x16
cli-show-max-bytes = Prints the best picture that takes at most so many bytes
cli-show-max-quality = Best quality that is printed: Q0 (cells), Q1 (a first look), Q2, Q3, Q4 (every pixel) or Q5 (lossless)
cli-show-example =
    Example:
      xamine show samples/cargo_high.tif --protocol half-block

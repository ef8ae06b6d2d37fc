# xamine doctor.
cli-doctor = Says what this terminal, line, locale and folder can do, and what to change
cli-doctor-example =
    Examples:
      xamine doctor
      xamine doctor --json
doctor-unknown = unknown
doctor-none = none
doctor-unnamed = answers without a name
doctor-silent = does not answer
doctor-terminal-none = Terminal:     there is none (TERM { $term })
doctor-answers-none = Answers:      none without a terminal
doctor-choice-none = Pictures:     not chosen without a terminal
doctor-cell-none = Cell:         unknown without a terminal
doctor-colours-none = Colours:      unknown without a terminal
doctor-link-none = Line:         not measured without a terminal
doctor-terminal = Terminal:     { $name } (TERM { $term })
doctor-answers = Answers:      { $answers }
doctor-choice = Pictures:     { $protocol }: { $reason }
doctor-cell = Cell:         { $cell } pixels, from { $from }
doctor-colours = Colours:      { $colours }, from { $from }
doctor-multiplexer = Multiplexer:  { $name }
doctor-link = Line:         round trip { $rtt } ms, { $rate } kB/s, { $way }{ $end }
doctor-as-far-as = {""}; measured to { $name }, which answers itself
doctor-by-ssh = by ssh
doctor-not-ssh = not by ssh
doctor-locale = Locale:       { $name }
doctor-locale-not = Locale:       { $name }, which is not UTF-8
doctor-log = Log:          { $folder } can be written
doctor-log-not = Log:          { $folder } cannot be written
doctor-checked = Greys:        { $told } of { $steps } told apart on { $date } over { $protocol }
doctor-not-checked = Greys:        not asked yet; 'xamine doctor' on a terminal asks
doctor-nothing-to-change = Nothing to change.
doctor-change = To change:    { $advice }
doctor-advice-log = make the folder { $folder } writable, or name another one with --log or log.folder: no decision can be recorded
doctor-advice-locale = set LC_ALL or LANG to a UTF-8 locale, such as C.UTF-8: names and borders would be garbled
doctor-advice-term = set TERM to what the terminal is, such as xterm-256color: a 'dumb' one shows no screen
doctor-advice-no-terminal = start 'xamine doctor' on a terminal: pictures, colours and the line cannot be examined without one
doctor-advice-no-color = take NO_COLOR away, or set display.colours: without colours a picture has two greys
doctor-advice-tmux = start outside tmux, or put 'set -g allow-passthrough on' into its configuration and use kitty 0.28 or Ghostty
doctor-advice-screen = start outside GNU screen: it lets no picture through
doctor-advice-mosh = connect by ssh: mosh lets no picture through
doctor-advice-xterm = start xterm as 'xterm -ti vt340': it shows sixel pictures then
doctor-advice-colours = set COLORTERM=truecolor if this terminal shows 16 million colours; then half-blocks have 256 greys, not 26
doctor-advice-ssh = connect with 'ssh -C': it makes these pictures 5 to 20 times smaller
doctor-advice-cell = the terminal does not say how large a cell is: circles may look squashed
doctor-advice-display = raise the display's brightness or contrast, or dim the room: not all greys were told apart
doctor-test-picture = Test picture: the circle is round and lies on orange, green, blue and grey.
doctor-wedge = Greys: { $steps } steps above; below, patches that differ by 1, 2, 3 and 4 from black and from white.
doctor-wedge-part = These pictures have { $greys } greys, too few for all steps and patches, so nothing is asked; the check needs 256.
doctor-ask-steps = How many of the { $most } steps can you tell apart? Number and Enter, Esc to leave:
doctor-ask-black = The smallest patch that you see on black, 1 to { $most }, 0 for none:
doctor-ask-white = The smallest patch that you see on white, 1 to { $most }, 0 for none:
doctor-kept = Kept; it will be recorded when the log is next opened.
doctor-not-kept = Nothing was kept.

# The command line. Ids: cli-COMMAND, cli-COMMAND-arg-ARG or cli-COMMAND-ARG, cli-arg-ARG (shared),
# cli-COMMAND-example.
cli = Analyses X-ray scans of containers, trucks, parcels and baggage in a terminal
cli-example =
    Examples:
      xamine samples
      xamine /data/today --analyst A123 --log /data/log
cli-list = Lists the scans of a folder tree, one row each
cli-info = Says everything known about a scan
cli-show = Prints one picture and exits
cli-render = Writes the picture to a file
cli-measure = Measures a region of a scan
cli-log = Reads the decision log
cli-log-show = Shows the records
cli-log-verify = Recomputes every hash and gives a verdict
cli-log-checkpoint = Records one hash over the whole log and prints it, to be kept elsewhere
cli-log-merge = Brings the segments of several logs into one folder
cli-log-sheet = Writes one page for the team that opens the unit: where to look, and for what
cli-log-sheet-record = The decision, by its id or a beginning of it
cli-log-sheet-format = 'html' or 'text'
cli-log-stats = Counts the decisions: how many, how fast, what came of them
cli-log-stats-analyst = Only the decisions of this analyst
cli-log-stats-since = From this day on
cli-log-stats-until = Up to this day
cli-log-export = Writes the decisions for spreadsheets, programs and readers
cli-log-replay = Draws again what was seen before a decision, step by step
cli-keys = Shows the keys in effect, or checks a key file
cli-keys-check = Check this key file and list everything that is wrong with it
cli-keys-format = How the keys or the problems are written
cli-keys-keymap = Keys of 'default', 'left-hand' or of this key file, instead of the configured ones
cli-keys-example =
    Examples:
      xamine keys
      xamine keys --check my-keys.toml
      xamine keys --keymap left-hand --format md
cli-completions = Prints completions for a shell
cli-completions-shell = The shell
cli-completions-example =
    Example:
      xamine completions bash > ~/.local/share/bash-completion/completions/xamine
cli-man = Prints the manual: the page of the program and one of each command
cli-man-example =
    Example:
      xamine man | man -l -
# The console's own arguments.
cli-arg-path = A scan or a folder of scans; the current folder when it is left out
cli-arg-log = Folder of the decision log
cli-arg-analyst = Who decides; written into every record
cli-arg-protocol = How pictures are sent: auto, kitty, iterm2, sixel, half-block, quadrant, sextant, octant or braille
cli-arg-byte-budget = Kilobytes a second that are sent at most
cli-arg-max-quality = The highest quality of pictures, from cells (Q0) to lossless (Q5)
cli-arg-trace = Append one JSON line an event to this file
cli-arg-keymap = Keys: 'default', 'left-hand' or a key file
cli-arg-read-only = Look only: no decision is recorded
# Shared by several commands.
cli-arg-json = Print one JSON document
cli-arg-help = Print this help
cli-arg-version = Print the version
cli-arg-view-name = Name of the view of the scan
cli-arg-plane = Name of the plane, for example high or low
cli-arg-display = What is drawn: grey, material, material4, material-safe, class, z, thickness, steel or palette:NAME
cli-arg-window = Centre and width of the grey window in the unit of what is shown (stored samples where air is unknown, else transmission 0 to 1; attenuation after log), or auto (whole scan), auto-local (what is seen), auto-content (without air)
cli-arg-window-function = Curve of the window: linear (DICOM, whole samples), linear-exact, sigmoid
cli-arg-filters = A filter with its argument; may be repeated, in the order in which they act
cli-arg-profile = The profile of the scanner, made by 'xamine calibrate'
text-file-long = it has more than { $limit } bytes, the limit for such a file
text-file-not-text = it is not UTF-8 text
cli-arg-region = Left, top, width and height in scan pixels
# A first word that is neither a path nor a command.
console-nothing-there = there is no '{ $word }' here and no such command; 'xamine --help' lists the commands
console-nothing-there-near = there is no '{ $word }' here and no such command; did you mean '{ $name }'?
# Options of the console that are refused.
console-bad-byte-budget = '--byte-budget' takes { $min } to { $max } kB a second, not '{ $value }'

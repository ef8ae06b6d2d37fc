# Key files: labels and problems. Problems are one sentence without a full stop.
keymap-empty-chord = the chord is empty; name at least one key
keymap-unknown-key = there is no key '{ $key }'
keymap-shifted-character = '{ $key }' depends on the keyboard; write the character that shift makes
keymap-unknown-section = there is no section '{ $name }'; sections are the modes, all and prefix
keymap-outside-section = '{ $name }' belongs below a section, for example '[browse]'
keymap-unknown-command = there is no command '{ $name }'
keymap-unknown-map = there is no built-in keymap '{ $name }'; a key file is named with its path, for example './keys.toml'
keymap-takes-nothing = '{ $name }' takes nothing, not '{ $value }'
keymap-out-of-range = '{ $name }' takes { $min } to { $max } { $unit }, not '{ $value }'
keymap-needs-argument = '{ $name }' needs { $takes }
keymap-unknown-filter = there is no filter '{ $value }'
keymap-unknown-reason = there is no reason code '{ $value }'
keymap-wrong-mode = '{ $name }' does not work in '{ $mode }', only in { $modes }
keymap-nowhere = the commands of '{ $chord }' share no mode; bind them in the modes they work in
keymap-reserved = '{ $key }' always runs '{ $name }' and takes nothing else; choose another key
keymap-twice = '{ $chord }' is bound already on line { $line }
keymap-hides = '{ $chord }' and '{ $other }' on line { $line } begin alike, so that one hides the other; change one of them
keymap-no-key = no key runs '{ $name }' in '{ $mode }'; bind one
keymap-twin = most terminals send the same for '{ $key }' and '{ $twin }'; bind '{ $twin }'
keymap-unlabelled = the prefix '{ $chord }' has no label; give it one below '[prefix]'
keymap-idle-label = '{ $chord }' begins no chord, so that its label is never seen
keymap-type-command = a command in quotes
keymap-type-commands = a command in quotes or a list of them
keymap-doc-argument = { $doc }: { $argument }
keymap-amount = { $number } { $unit }
keymap-takes-number = { $min } to { $max } { $unit }
keymap-takes-filter = the name of a filter
keymap-takes-reason = a reason code
keymap-takes-text = a text
keymap-takes-set_protocol = a protocol: auto, kitty, iterm2, sixel, half-block, quadrant, sextant, octant or braille
keymap-takes-find_scan = a part of a name
keymap-takes-set_window = CENTRE,WIDTH, auto, auto-local or auto-content
keymap-takes-add_filter = NAME or NAME=ARGUMENT
keymap-takes-edit_note = the note
keymap-chords = { $chords }
keymap-palette-only = palette
keymap-head-keys = Keys
keymap-head-command = Command
keymap-head-doc = What it does
keymap-title-default = Default keys
keymap-title-left-hand = Left-hand keys
keymap-title-file = Keys in effect
keymap-reference-title = Keys
keymap-reference-intro =
    Made from the files in this folder (`xamine keys --format md` prints the map in use); a test keeps
    it true, and `UPDATE=1 cargo test keymaps` writes it anew. "palette" stands where no key is bound: the command palette reaches every command.
    How to write a key file of your own: `docs/configuration.md`.
keymap-sound =
    { $warnings ->
        [0] '{ $path }' is sound
       *[other] '{ $path }' is sound, with the warnings above
    }
keymap-unsound =
    { $errors ->
        [one] '{ $path }' has 1 problem and is not used; mend the line above
       *[other] '{ $path }' has { $errors } problems and is not used; mend the lines above
    }
keymap-built-in-serves = the default keys serve meanwhile
# Titles of the pop-ups of the built-in maps.
prefix-go = go to …
prefix-presets = look as …
prefix-filters = filters …
prefix-window = window …
prefix-reasons = because of …
keymap-takes-preset = the key or the name of a preset
keymap-no-preset = '{ $name }' takes a digit from 1 to 9, a letter or the name of a preset, not '{ $value }'
keymap-takes-remove_preset = the name of a preset of your own
prefix-regions = mark …

# The console: status, notices, prompts, the queue.
error-code-panicked = this picture cannot be made ready for the terminal; another protocol may do
error-render-panicked = this view cannot be drawn; undo goes back
error-no-view = this scan has no such view

notice-unbound = { $keys } does nothing here; ? shows the keys
notice-no-scans = no scans here ({ $others } other { $others ->
        [one] file
       *[other] files
    }); start xamine with a folder of scans
notice-recorded = RECORDED { $decision } — { $done } of { $all } decided; { $key } goes on, { $back } takes it back (10 s)
notice-second-recorded = RECORDED { $decision }; { $first }
notice-not-yours = { $who } decided this; { $key } records your reading beside it
notice-decided-meanwhile = somebody decided this meanwhile: look at the form again, then confirm
notice-amended = RECORDED: the correction; what was decided first stays in the log beside it
notice-arbitrated = RECORDED: the arbitration; { $decision } holds
notice-second-agrees = { $who } came to the same: { $first }
notice-second-differs = { $who } came to something else: { $first }; somebody else is to arbitrate
notice-taken-back = RECORDED: taken back; the form waits as it was
notice-record-gone = the log has no such record any more; run xamine log verify
notice-not-decided = there is no decision to correct
notice-nothing-changed = nothing is changed yet: a correction says what holds instead
notice-not-recorded = NOT RECORDED: { $why }
notice-not-recorded-there = NOT RECORDED, { $name }: { $why }; go back to it and try again
notice-held = a held key never confirms; release it and press it again
notice-read-only = read-only: nothing is recorded; start without --read-only to decide
notice-not-hashed = the scan is not open, so its bytes are not known; wait for it, or press Esc
notice-not-open = this scan cannot be looked at: choose rescan or not analysed
notice-draft = your unfinished form is back as you left it
notice-no-command = no command is called '{ $text }'
notice-no-reason = no reason, or more than one, is meant by '{ $text }'
notice-not-found = no scan's name or container holds '{ $text }'
notice-all-decided = no undecided scan is left that can be looked at
notice-one-view = this scan has one view
notice-no-filters = no filter is in force
notice-peel-mark = no region is marked: mark a part of the background first
notice-peeled = background taken off: attenuation { $high } high, { $low } low
notice-no-peel = nothing is taken off
notice-weight = weight { $weight }
notice-letters = letters of the classes stand in pictures made of cells
notice-no-letters = no letters in the picture
notice-form-not-kept = the unfinished form for { $name } is not kept: the scan was not open yet; fill it in again
notice-draft-failed = the unfinished form could not be kept: { $why }

prompt-palette = command: { "" }
prompt-window = window (centre,width, auto, auto-local or auto-content): { "" }
prompt-filter = filter (name or name=value): { "" }
prompt-argument = argument: { "" }
prompt-preset = preset (key or name): { "" }
prompt-preset-name = name of the preset: { "" }
prompt-preset-key = its key, a digit or a letter (empty for none): { "" }
prompt-overwrite = { $what }; write over it? y or Esc: { "" }
prompt-remove-preset = preset of your own to remove: { "" }
prompt-peel = material and g/cm2 to take off (steel 2.5): { "" }
prompt-cancel = material to cancel (steel, water, ...): { "" }
prompt-reason = reason: { "" }
prompt-find = find: { "" }
prompt-note = note: { "" }
prompt-template = template: { "" }
notice-no-template = no template is called { $name }
prompt-why = why: { "" }
prompt-find-case = cases that hold: { "" }
prompt-export = file of the page: { "" }
prompt-found-item = found (what; quantity; unit; region): { "" }
prompt-inspector = inspected by: { "" }
prompt-inspected-at = inspected on: { "" }
prompt-hand-over = next analyst (Esc: nobody): { "" }
prompt-unlock = analyst: { "" }
prompt-again = once more
prompt-label = label: { "" }
prompt-protocol = protocol (auto, kitty, iterm2, sixel, half-block, quadrant, sextant, octant, braille): { "" }

form-steps-open = { $count ->
    [one] the checklist has { $count } open step: { $first }
   *[other] the checklist has { $count } open steps, first: { $first }
  }
notice-step-seen = the console saw this done; it cannot be taken back
notice-all-seen = every part was seen large enough for small items
notice-unseen = { $percent } % was seen large enough for small items; this part was not
notice-unseen-coming = this part is still on its way to the screen; { $percent } % was seen
form-choose = choose a decision
form-reason = give at least one reason: { $down } moves, { $take } takes it
problem-gone = it is no longer in the folder; R reads the folder again
notice-no-preset = no preset has the name or the key '{ $word }'
preset-same-name = there is a preset { $name }
preset-same-key = { $key } is the key of { $name }
preset-yes = y
preset-kept = nothing was saved
preset-saved = preset { $name } saved; without a key it is chosen by its name
preset-saved-key = preset { $name } saved; { $key } is its key
preset-saved-part = preset { $name } saved without what was read off this scan (backgrounds, cancellation)
preset-removed = preset { $name } removed
preset-shipped = { $name } came with xamine and stays; a preset of your own of that name can stand in its place
notice-window-linear = window curve: a line over whole samples
notice-window-linear-exact = window curve: a line over the exact width
notice-window-sigmoid = window curve: sigmoid
notice-scale-mm = mm hold in one plane: nearer the source things look larger
notice-scale-px = this scan gives no pixel size: lengths are in scan pixels
notice-scale-none = too close for a scale: no length of the scan fits
notice-thumbnails = small pictures are for finding a scan; look at the scan itself to decide
notice-no-thumbnails = a line a scan
notice-map = the map of the whole scan is shown while zoomed in
notice-no-map = the map is off; this key shows it again while zoomed in
notice-loupe = loupe: { $factor } screen pixels to a scan pixel, from the scan itself
notice-loupe-room = no room for the loupe in this pane
notice-aspect-world = scan pixels have their shape in the world
notice-aspect-pixels = scan pixels are drawn square, whatever their size
notice-aspect-square = the pixels of this scan are square: nothing changes
notice-aspect-unknown = the size of this scan's pixels is not known: they are drawn square
notice-preset = preset { $name }
notice-problems = { $count } { $count ->
        [one] problem
       *[other] problems
    } in configuration or keys: { $first }
notice-offer = { $text }; { $key } records it in { $folder }
notice-not-finished = the log or an unfinished form is not on disk yet: the disk does not answer; xamine log verify shows what is there
notice-metered = metered: pictures stop at Q3 until the rest is asked for
notice-not-metered = not metered: pictures end lossless

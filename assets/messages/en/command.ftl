# One line for each command: command-NAME. Groups: group-NAME. Without a full stop.
command-quit = Ends xamine
command-leave = Goes back: closes a form, a prompt or the help, or gives the keys to the queue
command-accept = Takes what was typed
command-help = Shows the keys of this mode
command-open_palette = Finds a command by its words
command-suspend = Goes back to the shell until it brings xamine to the foreground
command-redraw = Draws the whole screen anew
command-scroll_down = Moves down in the list in front
command-scroll_up = Moves up in the list in front
command-toggle_queue = Folds the queue away or brings it back
command-toggle_inspector = Folds the inspector away or brings it back
command-toggle_panes = Gives the picture the whole screen, or brings the panes back
command-undo = Goes back to the view before
command-redo = Goes forward to the view that was undone
command-set_protocol = Sends pictures by another graphics protocol
command-finish_picture = Sends this picture until it is lossless, whatever the limits say
command-toggle_metered = Stops pictures before they are lossless, or no longer
command-next_scan = Goes to the next scan
command-previous_scan = Goes to the scan before
command-first_scan = Goes to the first scan
command-last_scan = Goes to the last scan
command-next_undecided = Goes to the next scan without a decision
command-inspect_scan = Gives the keys to the picture
command-find_scan = Finds a scan by a part of its name
command-toggle_thumbnails = Lists the scans with small pictures, or a line each
command-reload_queue = Looks for new scans in the folder
command-open_log = Opens the log: what was decided, and what came of it
command-reload_log = Reads the log again
command-next_case_filter = Lists other cases: all, own, own with outcome, without outcome, disagreed, by decision
command-previous_case_filter = Lists the cases of the filter before
command-toggle_unit_cases = Lists the cases of this unit alone, or all again
command-find_case = Lists the cases that hold a text
command-open_case = Opens the scan of this case again
command-replay_case = Shows again what was seen before this decision, step by step
command-export_case = Writes this case as a page with pictures
command-next_step = Goes to the next view of the replay
command-previous_step = Goes to the view before in the replay
command-enter_outcome = Says what the inspection of this case came to
command-choose_nothing_found = Outcome: everything was as declared
command-choose_discrepancy = Outcome: goods or papers differ from the declaration
command-choose_seizure = Outcome: goods were seized
command-choose_not_examined = Outcome: it was not inspected
command-add_found = Adds a thing that was found: what; quantity; unit
command-remove_found = Takes back the last thing that was found
command-set_inspector = Says who inspected
command-set_inspected_at = Says on which day it was inspected
command-confirm_outcome = Records the outcome
command-discard_outcome = Gives up what was entered of the outcome
command-hand_over = Gives the desk to another analyst
command-lock_screen = Hides picture and queue until the analyst's name is typed
command-zoom_in = Enlarges the picture about the crosshair
command-zoom_out = Shrinks the picture about the crosshair
command-zoom_fit = Fits the whole scan into the pane
command-zoom_one_to_one = Shows one scan pixel as one screen pixel
command-pan_left = Moves the view to the left
command-pan_right = Moves the view to the right
command-pan_up = Moves the view up
command-pan_down = Moves the view down
command-rotate_right = Turns the picture by a quarter clockwise
command-mirror_picture = Swaps left and right of the picture
command-flip_picture = Swaps top and bottom of the picture
command-toggle_aspect = Shows scan pixels in their shape in the world, or square
command-next_plane = Shows the next plane: high energy, low energy
command-next_view = Shows the next view of the scan
command-show_grey = Shows plain grey
command-toggle_material = Switches between materials and grey
command-peel_region = Takes the last marked region off the picture as background
command-peel_wall = Takes the container's walls off the picture as background
command-peel_material = Takes a mass thickness of a material off the picture, such as steel 2.5
command-peel_within = Keeps the background that is taken off to the last marked region, or lets it go everywhere
command-unpeel = Puts back what was taken off or cancelled
command-cancel_material = Makes the material under the crosshair vanish, or a named one, by weighted subtraction
command-raise_weight = Raises the weight of the cancellation: tube sources, heavier material vanishes; linacs, lighter
command-lower_weight = Lowers the weight of the cancellation
command-next_material = Switches to the next material colours: three, four (megavolt), safe for any colour vision, classes
command-toggle_z = Switches between the Z map and grey
command-next_quantity = Switches to the mass thickness, then to the steel that attenuates as much, then back to grey
command-toggle_letters = Writes the letters of the classes into pictures of cells, or takes them away
command-next_palette = Switches to the next palette
command-toggle_scale = Shows or hides the scale bar, in mm where the scan gives a pixel size
command-toggle_grid = Shows or hides a grid in mm, in pixels where their size is unknown
command-toggle_map = Shows or hides the map of the whole scan while a part of it is seen
command-toggle_loupe = Shows or hides the loupe: the crosshair's surroundings at true pixels, enlarged
command-next_magnification = Switches the loupe to the next magnification: 2, 4, 8
command-toggle_crosshair = Shows or hides the crosshair
command-move_crosshair_left = Moves the crosshair to the left
command-move_crosshair_right = Moves the crosshair to the right
command-move_crosshair_up = Moves the crosshair up
command-move_crosshair_down = Moves the crosshair down
command-window_auto = Sets the window by what the scan holds
command-raise_centre = Raises the centre of the window
command-lower_centre = Lowers the centre of the window
command-widen_window = Widens the window: less contrast
command-narrow_window = Narrows the window: more contrast
command-set_window = Sets centre and width by number
command-window_visible = Sets the window by what is visible
command-window_content = Sets the window by what is visible and neither air nor darkness
command-next_window_function = Switches the window's curve: the unit's own line, the exact line, the sigmoid
command-apply_preset = Looks as a preset says: its display, filters and window; without a name it lists them
command-save_preset = Saves display, filters and window as a preset of your own
command-remove_preset = Removes a preset of your own
command-toggle_filter = Switches a filter on or off
command-add_filter = Adds a filter with its argument
command-remove_last_filter = Takes the last filter away
command-clear_filters = Takes every filter away
command-toggle_stack = Opens the stack of filters to edit it, or closes it
command-bypass_filter = Keeps the selected filter without applying it, or applies it again
command-remove_filter = Takes the selected filter out of the stack
command-move_filter_down = Moves the selected filter behind the next one
command-move_filter_up = Moves the selected filter before the one above
command-next_argument = Selects the next argument of the filter
command-previous_argument = Selects the argument before
command-raise_argument = Raises the selected argument by a step
command-lower_argument = Lowers the selected argument by a step
command-edit_argument = Sets the selected argument by number
command-mark_corner = Sets a point of a region at the crosshair; the last one completes it
command-mark_rectangle = Begins a rectangle at the crosshair
command-mark_ellipse = Begins an ellipse at the crosshair, by the corners of its box
command-mark_polygon = Begins a polygon at the crosshair; its newest corner again closes it
command-mark_line = Begins a line at the crosshair: profile and length
command-mark_angle = Begins an angle at the crosshair: end, vertex, end
command-next_mark = Takes hold of the selected region, then of the next
command-previous_mark = Takes hold of the selected region, then of the one before
command-move_mark_left = Moves the region left
command-move_mark_right = Moves the region right
command-move_mark_up = Moves the region up
command-move_mark_down = Moves the region down
command-widen_mark = Widens the region; moves the last end of a line right
command-narrow_mark = Narrows the region; moves the last end of a line left
command-heighten_mark = Makes the region higher; moves the last end of a line down
command-flatten_mark = Makes the region lower; moves the last end of a line up
command-label_mark = Labels the region
command-toggle_plot = Shows or hides the histogram of the region, or the profile along the line
command-remove_mark = Takes the newest point back, or the selected region away
command-remove_last_mark = Takes the newest point back, or the last region away
command-open_decision = Opens the decision form
command-choose_clear = Chooses clear: release
command-choose_suspicious = Chooses suspicious: refer for physical inspection
command-choose_inconclusive = Chooses inconclusive: a second look
command-choose_rescan = Chooses rescan: the image cannot be used
command-choose_not_analysed = Chooses not analysed
command-toggle_reason = Sets or takes back a reason
command-toggle_row = Sets or takes back what is under the bar
command-take_back = Takes back the decision of the last ten seconds; its form waits again
command-amend_decision = Corrects what was decided on this scan, with a reason
command-apply_template = Fills the form in by a template
command-next_section = Goes to the next list: reasons, controls, checklist
command-previous_section = Goes to the list before
command-show_unseen = Shows the next part that was not seen large enough for small items
command-set_confidence = Says how sure the decision is
command-edit_note = Writes a note
command-mark_region = Goes to the picture to mark a region
command-confirm_decision = Records the decision
command-use_second_log = Goes on with the log in the folder that is offered, and records there
command-discard_form = Empties the decision form and closes it

# The same with an argument, where the plain line would read badly: command-NAME-value.
command-next_scan-value =
    { $value ->
        [1] Goes to the next scan
       *[other] Goes on by { $value } scans
    }
command-previous_scan-value =
    { $value ->
        [1] Goes to the scan before
       *[other] Goes back by { $value } scans
    }
command-scroll_down-value =
    { $value ->
        [1] Moves down in the list in front
       *[other] Moves down by { $value } rows
    }
command-raise_argument-value =
    { $value ->
        [1] Raises the selected argument by a step
       *[other] Raises the selected argument by { $value } steps
    }
command-lower_argument-value =
    { $value ->
        [1] Lowers the selected argument by a step
       *[other] Lowers the selected argument by { $value } steps
    }
command-scroll_up-value =
    { $value ->
        [1] Moves up in the list in front
       *[other] Moves up by { $value } rows
    }
command-apply_preset-value = Looks as the preset { $value } says
command-toggle_filter-value = { $value }: { $about }
command-toggle_reason-value = Sets or takes back the reason { $value }
command-set_confidence-value = Says how sure the decision is: { $value } of 5

group-app = Program
group-queue = Queue
group-view = Picture
group-window = Window
group-filter = Filters
group-measure = Regions
group-decide = Decision
group-log = Log

# Why a command is not possible now.
need-nothing = always possible
need-scan = there is no scan
need-picture = no picture is open yet
need-dual = not available: one energy
need-form = no decision form is open
need-undo = there is no step to go back to
need-redo = no step was undone
need-mark = no region is marked
need-case = no case of the log is selected
need-filter = no filter is in the stack

mode-browse = Browse
mode-inspect = Inspect
mode-stack = Filters
mode-region = Region
mode-decide = Decide
mode-log = Log
mode-outcome = Outcome
mode-replay = Replay
mode-prompt = Prompt
mode-help = Help

# Units of arguments: "10 percent of the window".
unit-rows = rows
unit-scans = scans
unit-percent-of-screen = percent of the screen
unit-percent-of-window = percent of the window
unit-columns = columns
unit-scan-pixels = scan pixels
unit-thousandths = thousandths
unit-steps = steps
unit-confidence = (5 is sure)
need-mode = not in this mode; ? shows its keys
need-fresh = no decision was recorded in the last ten seconds
need-offer = no second folder is offered for the log
group-compare = Comparison
need-comparison = nothing is compared yet
mode-compare = Compare
command-toggle_compare = Compares with another scan, or ends it
command-compare_next_scan = Compares with the next scan of the queue
command-compare_previous_scan = Compares with the scan before in the queue
command-compare_same_unit = Compares with an earlier scan of the same unit
command-compare_view = Compares with another view of this scan
command-compare_plane = Compares with the other energy of this view
command-compare_mirror = Compares with the mirror image: a symmetric load leaves nothing
command-show_swipe = Shows this scan left of a divider, the other right of it
command-show_side_by_side = Shows both side by side at half the size
command-show_difference = Shows the difference of transmission
command-show_log_ratio = Shows the logarithm of the ratio of both
command-blink = Shows the other scan, then this one again
command-toggle_blinking = Blinks steadily on a fast line, or no longer
command-move_divider_left = Moves the divider of the swipe to the left
command-move_divider_right = Moves the divider of the swipe to the right
command-widen_range = Makes larger differences visible: less colour for small ones
command-narrow_range = Makes smaller differences visible: more colour for them
command-register = Finds how the other lies on this scan: shift and scale along x
command-nudge_left = Moves the other picture to the left
command-nudge_right = Moves the other picture to the right
command-nudge_up = Moves the other picture up
command-nudge_down = Moves the other picture down
command-nudge_wider = Makes the other picture wider
command-nudge_narrower = Makes the other picture narrower
command-reset_registration = Puts the other pixel on pixel as stored, its range as found
unit-pixels = pixels
unit-permille = per mille

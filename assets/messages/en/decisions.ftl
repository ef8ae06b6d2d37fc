# The decision log.

# Conclusions, reasons, types of control. The codes are permanent; the words may change.
conclusion-clear = clear
conclusion-suspicious = suspicious
conclusion-inconclusive = inconclusive
conclusion-rescan = rescan
conclusion-not-analysed = not analysed
reason-density-anomaly = density anomaly
reason-hidden-compartment = hidden compartment
reason-declaration-mismatch = does not match the declaration
reason-undeclared-goods = undeclared goods
reason-organic-mass = organic mass
reason-dense-shielding = dense shielding
reason-no-penetration = no penetration
reason-structure-modified = structure modified
reason-empty-not-empty = declared empty, not empty
reason-radiation-alarm = radiation alarm
reason-image-quality = image quality
reason-other = other
# Steps of the checklist.
step-identity = it is this unit, the scan is whole
step-declaration = declaration read
step-whole = the whole seen in plain grey
step-structure = roof, floor, walls, doors, posts
step-chassis = chassis, axles, tyres, tanks, cab
step-load = load: alike? gaps, voids, height
step-contents = contents: every item named
step-compared = compared with another picture
step-dense = dense parts looked into
step-light = light parts looked into
step-material = materials looked at
step-covered = all parts seen large
step-again = looked again after the first mark
step-share = { $step }: { $percent } %
# Types of control.
control-10 = documentary
control-20 = radioactivity
control-30 = non-intrusive inspection
control-40 = physical
control-41 = identification and seals
control-42 = intrusive
control-43 = quantity
control-44 = nature of the goods
control-45 = sampling
control-50 = other

# Writing.
log-not-written = the log in '{ $folder }' cannot be written: { $why }; make room or choose another folder, then confirm again
log-writer-ended = the log's writer has ended; start xamine again, the draft is kept
log-record-too-long = the record is longer than 1 MiB; mark fewer regions or shorten the note
log-note-too-long = the note has { $bytes } bytes and may have { $limit }; shorten it
log-low-space = only { $kb } kB are free for the log in '{ $folder }'; make room soon
log-tail-found = segment '{ $segment }' ends in the middle of a record ({ $bytes } bytes): it is left as it is; 'xamine log verify' says more
log-segment-unreadable = segment '{ $segment }' is missing or damaged; 'xamine log verify' says more

# The state folder.
store-no-home = there is no home folder to keep state in; set XDG_STATE_HOME or name a folder with --log
store-draft-limit = a draft is a file of at most { $bytes } bytes

# What verify found.
verdict-clean = clean
verdict-open = open
verdict-tail = tail
verdict-stale = stale
verdict-tampered = tampered
verdict-means-clean = every segment is closed and every hash is right
verdict-means-open = every hash is right; a segment is not closed, or its tail is explained by a later record
verdict-means-tail = a segment ends in the middle of a record and nothing explains it: torn by a crash or tampered with, this cannot be told
verdict-means-stale = every hash is right, but the log is older than what was seen of it before
verdict-means-tampered = something was changed, removed, inserted or cut
log-problem-not-closed = not closed: still being written, or left by a crash
log-problem-tail-pinned = ends in the middle of a record ({ $what } bytes), as a later record says
log-problem-faulted = beyond the last record that was surely on disk, as a later fault record says
log-problem-tail = ends in the middle of a record ({ $what } bytes), which no later record explains
log-problem-stale = this record was seen before and is not there any more
log-problem-malformed = not laid out as a record
log-problem-too-long = longer than a record may be
log-problem-self = its bytes do not give its own hash
log-problem-prev = it does not follow from the line before it, or from the file's name
log-problem-sequence = its number is not the one due here
log-problem-not-opened = a segment begins with one open record, and only there
log-problem-after-close = something follows the closing record
log-problem-close-counts = its counts are not those of the segment
log-problem-head = segment '{ $what }' has seen another record here
log-problem-pinned = its hash over all earlier segments is wrong
log-problem-missing = not in the folder, but segment '{ $what }' has seen it
log-problem-tail-changed = its unfinished last line is not as segment '{ $what }' has seen it
log-problem-rewritten = another record was seen here before
log-problem-unreadable = cannot be read: { $what }
log-problem-time = time runs back, and no clock record says why
log-problem-checkpoint-cut = segment '{ $what }' is gone or has lost records since this checkpoint
log-problem-checkpoint-changed = what this checkpoint covers is not what it was
log-problem-against-older = that checkpoint covers { $what } records, and this log holds fewer: it is older, or was cut
log-problem-against-unknown = that checkpoint of { $what } records is none of this log's: the log was rewritten, or the checkpoint is another log's
log-problem-file-changed = the scan file '{ $what }' is not the one decided upon
log-problem-file-missing = the scan file '{ $what }' cannot be read

# log show and log verify.
log-verify-verdict = { $verdict }: { $meaning }
log-verify-files-changed = { $said }, but { $files ->
    [one] { $files } scan file differs
   *[other] { $files } scan files differ
  } from what was decided on
log-verify-files-missing = { $said }, but { $files ->
    [one] { $files } scan file
   *[other] { $files } scan files
  } cannot be read
log-verify-counts = { $records } records in { $segments } segments in '{ $folder }'
log-verify-problem = { $segment }: { $detail }
log-verify-problem-line = { $segment }, line { $line }: { $detail }
log-show-segment = segment { $segment }
log-show-empty = no records in '{ $folder }'
log-show-record = { $seq }  { $at }  { $kind }  { $summary }
log-show-damaged = { $line }  damaged: 'xamine log verify' says more
log-show-damaged-segment = damaged or unreadable: 'xamine log verify' says more
log-show-tail = ends in the middle of a record ({ $bytes } bytes)
log-show-member = { $name }  { $value }
log-show-open = { $analyst } on { $host }, { $program } { $version }
log-show-decision = { $decision }  { $scan }
log-show-amend = of { $of }: { $reason }
log-show-fault = { $segment } given up: { $what }
log-show-clock = the wall clock jumped by { $ms } ms
log-show-close = { $records } records
log-show-scan = { $scan }
log-merged = { $copied } segments copied, { $continued } continued, { $kept } there already, in '{ $folder }'
log-merge-differs = segment '{ $segment }' in '{ $source }' and in '{ $destination }' do not continue each other: one of them was changed. Nothing was copied; 'xamine log verify' on each says more
log-verify-checkpoint-holds = all { $records } records that the checkpoint of '{ $origin }' covers are there, unchanged (it is in { $segment })
log-verify-checkpoint-broken = the checkpoint of '{ $origin }' over { $records } records does not hold any more (it is in { $segment })
log-checkpoint-kept = Keep this where nobody who writes the log can write: a file elsewhere, a message, paper.
log-checkpoint-spoken = The same in digits; 'xamine log verify --against' takes either:
log-checkpoint-origin = an origin is one line of text without signs that do not show, not '{ $origin }'
log-against-note = '{ $file }' is no checkpoint: three lines are due, origin, number of records and root, or nineteen groups of digits
log-against-count = nineteen groups of five digits are due, these are { $groups }
log-against-group = group { $group } is no group of a checkpoint: it is above 65535; listen to it again
log-against-check = a digit is wrong, or two are changed over: the check group at the end does not fit; have them read again
log-no-folder = there is no log in '{ $folder }'; name its folder with --log

# log export.
log-export-damaged = { $lines ->
    [one] { $lines } line or segment of the log is damaged and not counted in
   *[other] { $lines } lines or segments of the log are damaged and not counted in
  }; 'xamine log verify' says where
log-export-orphans = { $records ->
    [one] { $records } decision is answered, but is
   *[other] { $records } decisions are answered, but are
  } not in this log: merge the logs of all posts that took part
log-replay-head = { $decision } by { $analyst }, { $at }, record { $id }: { $steps ->
    [one] { $steps } view
   *[other] { $steps } views
  } seen
log-replay-file = scan file '{ $file }' (SHA-256 { $sha256 })
log-replay-step = step { $step } of { $all }
log-replay-no-step = there is no step { $step }: the record has { $all }
log-replay-unknown = a newer version wrote this view, and this one cannot draw it
log-replay-not-drawn = not everything could be drawn as it was seen: { $why }
log-replay-go-on = enter goes on, q ends
log-record-none = no decision in this log has a record whose id begins with '{ $record }'; 'xamine log show' lists the ids
log-record-many = { $count } records begin with '{ $record }': { $ids }; give more of the id
log-export-in-log = '{ $path }' would be in the folder of the log, which holds records only; choose another folder

# Help texts.
cli-log-export-log = Folder of the log [default: $XDG_STATE_HOME/xamine/log]
cli-log-export-format = The form: csv (a row a decision), jsonl (a line a decision, with all its records), html (one page with pictures, to be printed), dicos (an operator's report a decision, into the folder -o), parquet (as csv, with types; in builds with that feature)
cli-log-export-lang = Language of the page: en or fr
cli-log-export-records = Only the decision of this record, named by its id or the beginning of it; may be repeated
cli-log-export-profiles = A scanner profile that views were made under, for their pictures; may be repeated
cli-log-export-output = The file, which is whole or not there; without it, standard output; for dicos the folder
cli-log-export-example =
    Example:
      xamine log export --format html --lang fr --record 3f9a -o case.html
    Exit code 1 when a part of the log could not be read.
cli-log-replay-record = The decision or second reading, by its id or the beginning of it
cli-log-replay-log = Folder of the log [default: $XDG_STATE_HOME/xamine/log]
cli-log-replay-step = Only this step, from 1
cli-log-replay-profiles = A scanner profile that views were made under; may be repeated
cli-log-replay-output = Write step-01.png and so on into this folder, pixel by pixel as rendered then
cli-log-replay-example =
    Example:
      xamine log replay 3f9a -o replayed
    Exit code 1 when a step cannot be drawn: a scan that is changed or missing is named.
cli-log-show-log = Folder of the log [default: $XDG_STATE_HOME/xamine/log]
cli-log-verify-log = Folder of the log [default: $XDG_STATE_HOME/xamine/log]
cli-log-verify-files = Hash the scan files too
cli-log-verify-against = A checkpoint that was kept elsewhere: its file, or its groups of digits
cli-log-checkpoint-log = Folder of the log [default: $XDG_STATE_HOME/xamine/log]
cli-log-checkpoint-origin = Whose log it is [default: the machine's name, /xamine]
cli-log-checkpoint-analyst = Who takes it [default: the login name]
cli-log-checkpoint-example =
    Example:
      xamine log checkpoint > checkpoint-2026-03-01.txt
cli-log-merge-sources = Folders of logs to bring in; they stay as they are
cli-log-merge-destination = The folder to bring them into; it is made where it is missing
cli-log-merge-example =
    Example:
      xamine log merge /media/stick/log /srv/decisions
cli-log-example =
    Example:
      xamine log show
cli-log-show-example =
    Example:
      xamine log show --log /srv/decisions
cli-log-verify-example =
    Example:
      xamine log verify --files --json
    Exit code 0 for clean and open, 1 otherwise.
log-export-needs-folder = --format dicos writes a file a decision: name their folder with -o
log-export-files = { $count ->
    [one] { $count } file
   *[other] { $count } files
  } in { $folder }
log-export-no-parquet = this build writes no Parquet; cargo install with --features parquet makes one that does, and --format csv holds the same columns

# Numbers of a log.
log-stats-bad-day = { $word } is no day; write it as 2026-03-01
log-stats-head = { $decisions ->
    [one] { $decisions } decision
   *[other] { $decisions } decisions
  } in { $sittings ->
    [one] { $sittings } sitting
   *[other] { $sittings } sittings
  } of { $hours } hours together: { $rate } an hour
log-stats-decision = { $label }: { $count }{ $seconds }
log-stats-seconds = {""}; half within { $median } s, nine in ten between { $low } and { $high } s
log-stats-kinds = By kind of scan
log-stats-reasons = By reason
log-stats-standing = Second readings
log-stats-count = { $label }: { $count }
log-stats-how = corrected later: { $amended }; taken back at once: { $taken }; last picture without every pixel value: { $lossy }; seen in character cells only: { $cells }
log-stats-predictive = Of { $all } suspicious that were inspected, { $of } had a find: { $percent } % (95 % interval { $low } to { $high } %)
log-stats-clear = Of the clear, { $inspected } were inspected all the same, and { $found } had a find
log-stats-no-outcome = No outcome of an inspection is in this log yet.
log-stats-no-rates = How much was missed cannot be told from these: that takes test images or a sample that is inspected at random.
log-stats-feedback = What became of decisions
log-stats-became = { $at } { $who }: { $decided } of { $scan } was: { $result }
log-stats-became-with = { $at } { $who }: { $decided } of { $scan } was: { $result } ({ $found })

cli-log-stats-log = Folder of the log [default: $XDG_STATE_HOME/xamine/log]
cli-log-stats-example =
    Examples:
      xamine log stats --since 2026-03-01 --until 2026-03-31
      xamine log stats --analyst A123 --json
cli-log-sheet-log = Folder of the log [default: $XDG_STATE_HOME/xamine/log]
cli-log-sheet-lang = Language of the page: en or fr
cli-log-sheet-profiles = A scanner profile that views were made under, for their pictures; may be repeated
cli-log-sheet-output = The file, which is whole or not there; without it, standard output
cli-log-sheet-example =
    Examples:
      xamine log sheet 2c19cbf8 -o sheet.html
      xamine log sheet 2c19cbf8 --format text --lang fr
conclusion-hidden = hidden
log-fact-hidden = second reading

# Keys, proofs, bundles.
log-key-name = '{ $name }' cannot be the name of a key: no blanks, no '+', at least one character; give another with --name
log-key-random = this machine gives no random bytes, so no key can be made
log-key-made = The key is in { $file }, for nobody else to read; give the line above to whoever is to check its signatures
log-key-bad = this is no signing key of xamine log key new
log-signer-bad = --signer takes a key as xamine log key new prints it: NAME+ID+KEY
log-signed = { $file } is signed by { $name }
log-signature-missing = { $file } has no signature of { $name }
log-signature-wrong = { $file } has a signature of { $name }, but not of this text
log-signer-what = --signer is about a checkpoint that was kept: name its file with --against, or --from and --to
log-key-open = { $file } can be read by others: who reads it can sign as you; chmod 600, or make a new key
log-prove-what = say what is to be proved: a record, or --from and --to two checkpoints; --check checks a proof
log-proof-limit = a proof has at most { $bytes } bytes
log-proof-included = This record is line { $line } of { $segment }, and part of the checkpoint.
log-proof-consistent = The later checkpoint holds everything that the earlier one did, in { $segments } segments.
log-proof-alone = Compared with no checkpoint that was kept elsewhere: give it with --against, or with --from and --to.
log-unproved-record = no record of the log has that id
log-unproved-checkpoint = no checkpoint in the log covers it, or is the one that was given; xamine log checkpoint takes one
log-unproved-changed = the log does not hold any more what the checkpoint covers; run xamine log verify
log-unproved-unreadable = something in the proof cannot be read
log-unproved-wrong = the proof does not hold: its hashes do not lead to the checkpoint
log-unproved-other = the proof is about another checkpoint than the one that was kept
log-bundled = { $file }: { $count } files; what was decided here is not among them
log-bundle-changed = it is not the file that was decided upon; a second reading needs the same bytes
log-bundle-no-declaration = the declaration '{ $file }' is gone or has changed, and is not in the bundle
cli-log-key = Makes keys that sign checkpoints
cli-log-key-new = Makes a key, keeps it, and prints what others check its signatures with
cli-log-key-new-name = Whose key it is [default: the machine's name, /xamine]
cli-log-key-new-output = The file of the key; one that is there is never written over [default: $XDG_STATE_HOME/xamine/log.key]
cli-log-key-example =
    Example:
      xamine log key new --name post-7.customs.example/xamine
cli-log-key-new-example =
    Example:
      xamine log key new -o /media/stick/post-7.key
cli-log-checkpoint-key = The key that signs it, made by 'xamine log key new'
cli-log-verify-signer = The key of who must have signed the checkpoint, as 'xamine log key new' printed it
cli-log-prove = Proves without the log that a record is part of a checkpoint, or that a later checkpoint holds all of an earlier one
cli-log-prove-record = The record, by its id or a beginning of it
cli-log-prove-against = The checkpoint that was kept elsewhere: its file, or its groups of digits
cli-log-prove-from = The earlier checkpoint
cli-log-prove-to = The later checkpoint
cli-log-prove-check = A proof to check; no log is needed
cli-log-prove-signer = The key of who must have signed the checkpoints that were kept, as 'xamine log key new' printed it
cli-log-prove-log = Folder of the log [default: $XDG_STATE_HOME/xamine/log]
cli-log-prove-output = The file, which is whole or not there; without it, standard output
cli-log-prove-example =
    Examples:
      xamine log prove 2c19cbf8 --against checkpoint.txt -o proof.json
      xamine log prove --check proof.json --against checkpoint.txt
cli-log-bundle = Packs a scan and a question for a blind second reading at another post
cli-log-bundle-record = The decision, by its id or a beginning of it
cli-log-bundle-question = What is asked
cli-log-bundle-picture = A grey picture instead of the scan's files
cli-log-bundle-log = Folder of the log [default: $XDG_STATE_HOME/xamine/log]
cli-log-bundle-output = The file [default: bundle-RECORD.tar]
cli-log-bundle-example =
    Example:
      xamine log bundle 2c19cbf8 --question "what is behind the third row?" -o /media/stick/ask.tar
template-reason = template '{ $name }': '{ $code }' is no reason code
template-control = template '{ $name }': { $code } is no type of control
template-file = { $file } is not used: { $why }

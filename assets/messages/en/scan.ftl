# Files: problems, warnings, what info and list say.

# Why a file is broken, over a limit or not read: the middle of an error's sentence.
scan-no-pixels = its header says { $columns } x { $rows } pixels
scan-over-megapixels = it says { $columns } x { $rows } pixels in { $frames } { $frames ->
        [one] frame
       *[other] frames
    }, and the limit is { $limit } megapixels
scan-over-bytes = it says { $columns } x { $rows } pixels in { $frames } { $frames ->
        [one] frame
       *[other] frames
    }, which need more than the limit of { $limit } MiB
scan-pages-over-megapixels = its { $pages } pages have { $pixels } pixels together, and the limit is { $limit } megapixels
scan-too-little-data = its header says { $columns } x { $rows } pixels, which need { $needed } bytes, but there are only { $data } bytes of pixel data
scan-cut-short = it should be { $needed } bytes long but ends after { $data }: it was cut short
scan-file-over-bytes = it has { $bytes } bytes, and the limit is { $limit } MiB
scan-inflated-over-bytes = it unpacks to more than the limit of { $limit } MiB
scan-no-memory = there is not enough memory for its { $bytes } bytes
scan-not-a-file = it is not a regular file
scan-changed-while-read = it changed while it was being read
scan-changed-since = it has changed since it was opened; open it again
scan-reduced = larger than the limits: held as means of { $step } x { $step } pixels; its own pixels are read where they are looked at or measured
scan-detail-large = { $width } x { $height } of its own pixels need { $needed } MB, and the limits are { $limit } MB (limits.bytes) and { $megapixels } megapixels (limits.megapixels), so that it is held reduced 1:{ $step }; ask for a smaller region or picture
scan-vanished = it vanished while the folder was being read
scan-disk = the disk did not give all of its bytes
scan-library = { $words }
scan-decoder-panicked = its decoder gave up ({ $words })
scan-no-files = none of its files can be read
scan-empty = it is empty
scan-not-as-named = its name ends like { $format }, but its first bytes are of no known format
scan-not-as-named-is = its name ends like { $format }, but it is { $is }
scan-format-not-read = it is { $is }; TIFF, PNG, JPEG, BMP, DICOM, DICOS, NRRD, MetaImage and NPY are read, and raw samples that a sidecar describes
scan-raw-needs = its sidecar does not say { $key }, and raw samples are not guessed: width, height, type (u8 or u16) and, for u16, endian (little or big) are needed
scan-sample-type = its samples are of the type { $type }; 8 and 16 bits unsigned are read
scan-table = an array beside a scan, as its sidecar says
scan-axes = it has { $axes } axes; two, or three for several pictures, are read
scan-frames-over = it has { $frames } pictures, and the limit is { $limit }
scan-samples-short = its samples should be { $needed } bytes but there are { $data }: it was cut short
scan-bytes-after = there are { $bytes } bytes after the samples; they are not read
scan-detached = its samples are in another file ({ $file }); name that file and its width, height and type in a sidecar
scan-packing = its samples are packed by { $packing }, which is not read
scan-nrrd-head = its text is not a whole NRRD header: type, sizes, encoding and, for 16 bits, endian are needed, then an empty line
scan-nrrd-skip = its header skips lines or bytes of the data, which is not read
scan-mha-head = its lines are not a whole MetaImage header: ElementType, DimSize and ElementDataFile are needed
scan-npy-head = its header cannot be read
scan-npy-order = its array is in Fortran order; numpy.ascontiguousarray before saving makes it readable
scan-unknown = of an unknown format
scan-is-fifo = a named pipe
scan-is-socket = a socket
scan-is-device = a device
scan-link-nowhere = a link that leads nowhere
scan-folder-again = a folder that was already listed
scan-folder-deep = a folder more than { $depth } levels deep
scan-folder-none = the folder '{ $path }' holds no scan; name a file, or see 'xamine list'
scan-folder-many = the folder '{ $path }' holds { $scans } scans; name one of its files
scan-no-such-page = there is no such page: the file has { $pages }
scan-page-of-one = a page belongs to one file: name the file before the #

# Samples
scan-signed = its { $bits }-bit samples go below zero; save them as unsigned 16-bit samples
scan-signed-type = its { $bits }-bit samples are signed; save them as unsigned 16-bit samples
scan-float = its samples are { $bits }-bit floating point; save them as unsigned 16-bit samples
scan-sample-format = the type of its { $bits }-bit samples is unknown; save them as unsigned 16-bit samples
scan-sample-bits = its samples have { $bits } bits; 8 and 16 bits are read
scan-samples = it has { $samples } samples per pixel; one, two (high and low) and three (colours) are read
scan-photometric = its colours are of kind { $code }; grey and RGB are read
scan-compression = its compression is { $name }; save it with LZW, deflate or none
scan-compression-code = its compression has the unknown number { $code }; save it with LZW, deflate or none
scan-colour-type = its colours are of a kind that is not read; save it as 16-bit TIFF or PNG

# TIFF
scan-tiff-short = a directory reaches beyond its end: it was cut short
scan-tiff-loop = its pages refer to each other in a circle
scan-tiff-many = it has more than 64 pages, or a page has more than 4096 tags
scan-tiff-empty = it has no page
scan-tiff-no-data = it does not say where its pixels are
scan-tiff-chunks = its strips or tiles do not make up the picture
scan-white-samples = white is zero in both of its samples per pixel; save it with one page per energy
scan-tiff-tiled-planar = its planes are stored in separate tiles; save it with strips, or with the samples of a pixel together

# PNG, JPEG, BMP
scan-png-header = its header is missing
scan-png-rows = it has too few rows
scan-jpeg-header = its header is missing
scan-jpeg-end = its end mark is missing: it was cut short
scan-bmp-header = its header is cut short

# DICOM
scan-dicom-meta = its file meta information is damaged
scan-dicom-ends = it ends in the middle of its data: it was cut short
scan-dicom-no-pixels = it has no pixel data
scan-dicom-missing = { $name } is missing
scan-dicom-frame = a compressed frame does not have the size that the file says
scan-dicom-high-bit = its samples end at bit { $bit }, which is not the highest stored bit
scan-dicom-photometric = its { $samples } samples per pixel are { $name }; MONOCHROME1, MONOCHROME2 and RGB are read
scan-dicom-syntax = its transfer syntax { $uid } is not known
scan-dicos-64-bit = its pixel data has a 64-bit length, which is not read yet; save it with explicit little endian
scan-dicom-depth = its sequences are nested more than { $limit } deep
scan-dicom-elements = it has more than { $limit } elements

# Sidecars
scan-sidecar-long = it has { $bytes } bytes, and a sidecar has { $limit } at most
scan-sidecar-toml = line { $line }: { $words }
scan-sidecar-positive = { $key } must be a number above zero
scan-sidecar-air-dark = { $key } must be above dark
scan-sidecar-energy = { $key } must be like "9 MV" or "160 kV"
scan-sidecar-beside = { $key } must be the plain name of a file beside the sidecar
scan-sidecar-no-scan = it names no file, and there is none of its own name
scan-sidecar-unknown = the sidecar's '{ $key }' means nothing and was left out
scan-named-missing = the sidecar names it, but it is not there
scan-not-one-plane = a scan of several files needs one plane in each
scan-sizes-differ = its files are of one scan but differ in size: { $width } x { $height } and { $other_width } x { $other_height }
scan-plane-twice = two of its files hold the plane '{ $name }'
scan-air-npy = it is not a vector of positive numbers in NPY form
scan-npy = it is no array of u1, u2, i4, i8, f4 or f8, little endian, in C order, as 'numpy.save' writes it
scan-air-rows = it has { $count } values, and the picture has { $rows } rows

# Warnings
scan-thumbnail = page { $page } is a small copy and was left out
scan-alpha = the transparency was left out
scan-pages-by-order = the pages do not say which energy they are: the first is taken as high, the second as low
scan-many-pages = the file has { $pages } pages; each is a view of its own
scan-jpeg-display = JPEG is for display only: its samples went through a compression with loss
scan-bmp-display = BMP is for display only
scan-colour-display = a colour picture is for display only: materials cannot be told from it
scan-lossy = the file went through a compression with loss before it came here
scan-detector-spacing = the pixel size is at the detector: objects in front of it are smaller than they measure

# Keys of the metadata
scan-key-object = Object ID
scan-key-object-type = Object type
scan-key-scan-id = Scan ID
scan-key-modality = Modality
scan-key-image-type = Image type
scan-key-manufacturer = Manufacturer
scan-key-model = Model
scan-key-machine = Machine
scan-key-location = Location
scan-key-software = Software
scan-key-description = Description
scan-key-time = Time
scan-key-voltage = Voltage
scan-key-doors = Doors
scan-key-direction = Direction
scan-key-acquisition-date = Acquisition date
scan-key-acquisition-time = Acquisition time
scan-key-acquisition-status = Acquisition status
scan-key-content-date = Content date
scan-key-content-time = Content time
scan-key-kvp = Tube voltage (kV)
scan-key-photometric = Photometric
scan-key-lut-shape = Presentation shape
scan-key-window-centre = Window centre
scan-key-window-width = Window width
scan-key-rescale-slope = Rescale slope
scan-key-rescale-intercept = Rescale intercept
scan-key-transfer-syntax = Transfer syntax

# xamine list
cli-list-path = A folder, or one file
cli-list-all = Rows for the files that are no scans, too
cli-list-example =
    Example:
      xamine list samples
list-head-state = STATE
list-head-kind = KIND
list-head-files = FILES
list-head-size = SIZE
list-head-path = PATH
list-head-problem = PROBLEM
list-state-new = new
list-state-second-reading = second reading
list-state-arbitration = arbitration
list-state-draft = draft
list-state-problem = problem
list-kind-dual-energy = dual energy
list-kind-single-energy = one energy
list-kind-colour = colour
list-kind-report = report
list-kind-other = other
list-bytes = { $value } B
list-kilobytes = { $value } kB
list-megabytes = { $value } MB
list-gigabytes = { $value } GB
list-scans = { $count ->
        [0] no scan
        [one] 1 scan
       *[other] { $count } scans
    }
list-problems = { $count } with a problem
list-others = { $count ->
        [one] 1 other file
       *[other] { $count } other files
    }
list-progress = { $rows } rows so far

# xamine info
cli-info-example =
    Example:
      xamine info samples/semiz --json
cli-arg-scan = Any file of the scan, or a folder that holds one scan; FILE#2 is page 2 of a file
cli-arg-alone = Just that file, not the others of its scan
info-kind = Kind
info-format = Format
info-format-tiff = TIFF
info-format-png = PNG
info-format-jpeg = JPEG
info-format-bmp = BMP
info-format-dicos = DICOS
info-format-dicom = DICOM
info-container = Container
info-paired = Together by
info-paired-page = the pages of one file
info-paired-sample = the samples of one file
info-paired-image-type = Image Type of the files
info-paired-name = the names of the files
info-paired-sidecar = the sidecar
info-simulated = Simulated
info-yes = yes
info-scan-id = Scan ID
info-files = Files
info-file = { $size }, SHA-256 { $hash }
info-view = View { $name }
info-held = Held
info-reduced = reduced 1:{ $step }, as means of { $step } x { $step } pixels: larger than the limits
info-size = Size
info-pixels = { $width } x { $height } pixels
info-pixel = Pixel
info-pixel-mm = { $x } x { $y } mm
info-plane = Plane { $name }
info-samples = { $bits } bits, { $min } to { $max }, mean { $mean }, sum { $sum }
info-polarity-bright-is-air = bright is air
info-polarity-bright-is-dense = bright is dense
info-polarity-unknown = polarity unknown
info-air-unknown = air unknown
info-air = air { $value }
info-air-estimated = air { $value } (estimated from the border)
info-air-rows = air by row ({ $rows } rows, mean { $mean })
info-rescale = rescale { $slope } x + { $intercept } (not applied)
info-metadata = What the file says
info-warnings = Warnings

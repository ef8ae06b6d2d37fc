# Errors are one sentence: what, which file, why, what next. Lower case, no full stop.
error-bad-file = '{ $path }' is broken: { $why }; ask for a fresh copy
error-unsupported = '{ $path }' is not opened: { $why }
error-limit = '{ $path }' is over a limit: { $why }; raise it in the configuration if the file is trusted
error-environment = '{ $path }' cannot be used: { $why }
error-cancelled = stopped, because newer work replaced it
# Causes of error-environment, each with its next step.
error-io-not-found = there is no such file or folder; check the name
error-io-permission = this account is not allowed to; ask for the right, or name another place
error-io-is-a-folder = it is a folder; name a file
error-io-not-a-folder = a part of the name is no folder; check the name
error-io-full = the disk or the quota is full; make room and try again
error-io-read-only = this file system can only be read; name another place
error-io-exists = something of that name is already there; move it away or name another
error-io-too-many-open = too many files are open; close programs or raise the limit (ulimit -n)

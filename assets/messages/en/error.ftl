# Errors are one sentence: what, which file, why, what next. Lower case, no full stop.
error-bad-file = '{ $path }' is broken: { $why }; ask for a fresh copy
error-unsupported = '{ $path }' is not opened: { $why }
error-limit = '{ $path }' is over a limit: { $why }; raise it in the configuration if the file is trusted
error-environment = '{ $path }' cannot be used: { $why }
error-cancelled = stopped, because newer work replaced it

# The decision log.

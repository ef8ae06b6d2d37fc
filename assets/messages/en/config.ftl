# The configuration loader.

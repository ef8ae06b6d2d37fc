# The command line. Ids: cli-COMMAND, cli-COMMAND-ARG, cli-arg-ARG (shared), cli-COMMAND-example.
cli = Analyses X-ray scans of containers, trucks, parcels and baggage in a terminal
cli-example =
    Example:
      xamine samples
cli-no-console = the console is not part of this build
cli-list = Lists the scans of a folder tree, one row each
cli-info = Says everything known about a scan
cli-show = Prints one picture and exits
cli-render = Writes the picture to a file
cli-measure = Measures a region of a scan
cli-log = Reads the decision log
cli-log-show = Shows the records
cli-log-verify = Recomputes every hash and gives a verdict
cli-keys = Shows the keys in effect, or checks a key file
cli-completions = Prints completions for a shell
cli-man = Prints the manual page
cli-arg-json = Print one JSON document

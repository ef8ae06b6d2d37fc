# One line for each command: command-NAME. Groups: group-NAME.

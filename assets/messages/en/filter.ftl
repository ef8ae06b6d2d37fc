# One line for each filter: filter-NAME; its parameters: filter-NAME-PARAMETER.

# Panes and their titles.

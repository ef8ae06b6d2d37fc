# Key files: labels and problems.

# Files: problems, warnings, what info and list say.

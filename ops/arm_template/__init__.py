"""The ARM template of what a stack declares: the program is run and read, nothing is written by hand."""

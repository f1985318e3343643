"""What is built on Azure: one ComponentResource a file. A component knows only what its args give it."""

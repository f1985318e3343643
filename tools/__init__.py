"""What the project is built and tested with: the pinned Pulumi engine and the Python environment."""

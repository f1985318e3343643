"""The topic contract between devices, apps and the broker, and everything rendered from it. Imports nothing of ours."""

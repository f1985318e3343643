"""The synthetic probe as an app of the platform."""

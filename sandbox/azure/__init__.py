"""Azure Resource Manager as far as a deployment can tell: what it refuses, what it adds, how it fails."""

"""A stand-in for Azure Resource Manager that speaks Pulumi's provider protocol."""

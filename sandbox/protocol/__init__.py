"""Pulumi's provider protocol: what a package must answer, and the gRPC servicer around it."""

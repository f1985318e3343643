"""EMQX on Container Apps: one app a node, its configuration and its database."""

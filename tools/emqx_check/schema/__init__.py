"""EMQX's schema and how it was made from the published dump."""

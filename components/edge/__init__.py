"""The edge: what clients connect to. HAProxy in front of the broker's nodes."""

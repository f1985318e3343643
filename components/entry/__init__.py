"""The way of the apps' WebSockets: through Azure Front Door, or straight to the edge. Devices never pass it."""

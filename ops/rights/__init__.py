"""Who may do what at the broker: owners of devices, service accounts, and the end of what they no longer may."""

"""Redis: the last known state for the apps, and perhaps EMQX's access rules. Never sessions."""

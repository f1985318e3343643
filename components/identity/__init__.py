"""The tenant app users sign in to, where ARM makes it."""

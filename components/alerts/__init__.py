"""Alert rules, who is told, and when nobody is."""

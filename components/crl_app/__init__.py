"""The web server of the revocation lists."""

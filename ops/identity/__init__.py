"""The inside of the identity tenant: policies, user flow, app registrations; and what a token is worth."""

"""Several workspaces: installing, what is kept of it, and its end."""

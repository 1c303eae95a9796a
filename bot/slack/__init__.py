"""The Slack face: what comes in, who it is, who will read, and what goes out."""

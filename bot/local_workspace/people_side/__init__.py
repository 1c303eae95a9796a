"""What people do in the workspace and what they see: the deeds behind the control API."""

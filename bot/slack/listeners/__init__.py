"""One file a kind of payload; each has `register(app, …)`."""

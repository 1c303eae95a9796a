"""The assistant: a Turn in, a Reply out. It knows nothing of Slack or the terminal."""

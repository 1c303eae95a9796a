"""Pure builders of Block Kit; nothing here calls Slack."""

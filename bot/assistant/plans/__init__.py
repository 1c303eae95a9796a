"""Account plans drafted from records: templates, fact blocks, drafts, versions (S1-10 to S1-14)."""

"""Two brains over one set of skills (design.md, decision 1)."""

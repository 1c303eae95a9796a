"""Plans as documents that live: sections, what they rest on, what became of them (S1-10)."""

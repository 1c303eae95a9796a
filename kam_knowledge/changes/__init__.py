"""The only writers of business rows. Everything here goes through the ledger."""

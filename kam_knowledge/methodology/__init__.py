"""The method: what five sources and house practice say, in English and Chinese."""

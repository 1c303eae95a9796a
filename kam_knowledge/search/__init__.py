"""Finding passages: full text and vectors, fused, under rights."""

"""Read functions: under a viewer's and an audience's rights, with sources and dates."""

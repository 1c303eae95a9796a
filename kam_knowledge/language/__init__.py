"""What both languages need before anything is searched or answered: normal forms, tokens,
names, titles, dates and the glossary. Pure functions over text, no store."""

"""Documents as files: DOCX and PPTX, from what they say (`content`) to bytes.

What a document says is a frozen dataclass; writing one is a function of it alone. python-docx,
python-pptx and matplotlib are imported when the first file is written, never before.
"""

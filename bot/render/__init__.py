"""Pictures: relationship maps and charts, from what they show to PNG and SVG.

What a picture shows is a frozen dataclass (`drawings`); drawing one is a pure function of it.
matplotlib is imported when the first picture is drawn, never before.
"""

"""The weekly digest: what changed and what is due, in at most seven lines with one step each.

`composing.compose` puts it together under the rights of its readers; `ranking` chooses; `duties`
and `changes` find the lines; `pages` shows it as JSON and as HTML for mail.
"""

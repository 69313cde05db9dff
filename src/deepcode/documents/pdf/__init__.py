"""The PDF format: a child process with limits, and what makes Markdown of print.

reader.py     the boundary in the parent     child.py      the process that parses
page.py       runs and lines                 columns.py    reading order
furniture.py  running heads                  style.py      headings, title, body text
table.py  formula.py  boxes.py  words.py     one kind of print each
flow.py       lines to Markdown
"""

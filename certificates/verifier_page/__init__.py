"""The verifier as one HTML file: `etabli-verify` for a donor who installs nothing, with no server and no network.

Readable sources in `js/`, `page.css` and `page.html`; `build` puts them into one file. The tables of shapes and limits,
and the words in both languages, are taken from the Python side when the file is built, so that they cannot drift.
"""

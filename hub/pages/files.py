"""How downloads are named and sent. A code of a lot holds letters of any script, a file name plain ones only."""

from fastapi import Response


def file_name(name: str, first: str) -> str:
    """A name of plain letters, digits, `-`, `_` and `.`, after the word that says what it is."""
    kept = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "_" for letter in name)
    return f"{first}-{kept}"


def download(data: bytes, media_type: str, name: str) -> Response:
    """An answer that is saved and not shown."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(data, media_type=media_type, headers=headers)

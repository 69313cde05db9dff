"""Small PDFs made in place, so that tests need no file of a stranger."""

import hashlib
from collections.abc import Callable, Sequence

import pytest

# x, y from the top, size, text
Words = tuple[float, float, float, str]
_PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
_ID = b"0123456789abcdef"


@pytest.fixture
def make_pdf() -> Callable[..., bytes]:
    """A function that writes a PDF from placed words; `*` before a text sets it in bold."""
    return pdf_of


def pdf_of(pages: Sequence[Sequence[Words]], *, user_password: bytes | None = None) -> bytes:
    kids = b" ".join(b"%d 0 R" % (5 + 2 * at) for at in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages)),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
    ]
    key = None if user_password is None else _key(user_password)
    for page in pages:
        number = len(objects) + 1
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R"
            b"/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>>>" % (number + 1)
        )
        content = b"\n".join(map(_show, page))
        if key:
            content = _encrypt(content, key, number + 1)
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
    trailer = b""
    if user_password is not None:
        objects.append(_encryption(user_password))
        trailer = b"/Encrypt %d 0 R/ID[(%s)(%s)]" % (len(objects), _ID, _ID)
    return _file(objects, trailer)


def _show(words: Words) -> bytes:
    x, y, size, text = words
    font = b"F2" if text.startswith("*") else b"F1"
    shown = text.lstrip("*").encode("cp1252")
    for sign in (b"\\", b"(", b")"):
        shown = shown.replace(sign, b"\\" + sign)
    return b"BT /%s %g Tf %g %g Td (%s) Tj ET" % (font, size, x, 792 - y, shown)


def _file(objects: Sequence[bytes], trailer: bytes) -> bytes:
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R%s>>\n" % (len(objects) + 1, trailer)
    return out + b"startxref\n%d\n%%%%EOF\n" % start


def _owner(user_password: bytes) -> bytes:
    return _rc4(hashlib.md5(_padded(b"owner")).digest()[:5], _padded(user_password))


def _key(user_password: bytes) -> bytes:
    permissions = (0xFFFFFFFC).to_bytes(4, "little")
    parts = _padded(user_password) + _owner(user_password) + permissions + _ID
    return hashlib.md5(parts).digest()[:5]


def _encryption(user_password: bytes) -> bytes:
    owner, user = _owner(user_password).hex(), _rc4(_key(user_password), _PAD).hex()
    form = "<</Filter/Standard/V 1/R 2/O<{}>/U<{}>/P -4>>"
    return form.format(owner, user).encode()


def _encrypt(data: bytes, key: bytes, number: int) -> bytes:
    salted = key + number.to_bytes(3, "little") + b"\0\0"
    return _rc4(hashlib.md5(salted).digest()[:10], data)


def _padded(password: bytes) -> bytes:
    return (password + _PAD)[:32]


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)

"""Makes characters visible that a browser would hide or obey: controls, directions, zero widths.

Everything that the report prints goes through here, before it is escaped.
"""

from __future__ import annotations

import re

# C0 and C1 controls apart from tab and line feed, soft hyphen, direction marks and overrides,
# zero-width characters (not the joiners that scripts and emoji need), line separators, fillers,
# surrogates, non-characters, and the tag characters that carry hidden text.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
# Unicode's own pictures of the C0 controls start here.
_PICTURES = 0x2400
_DELETE = "\x7f"


def visible(text: str) -> str:
    """The text with hidden characters written out: ESC as its picture, others as `⟨U+202E⟩`."""
    return _HIDDEN.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    character = match.group()
    if character < " ":
        return chr(_PICTURES + ord(character))
    return "\u2421" if character == _DELETE else f"⟨U+{ord(character):04X}⟩"

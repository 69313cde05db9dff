from deepcode.web.visible import visible


def test_controls_are_shown_as_their_pictures():
    assert visible("a\x1b[31mb\x00\x7f\r") == "a␛[31mb␀␡␍"


def test_direction_overrides_zero_widths_and_tags_are_written_out():
    assert visible("a\u202eb\u200bc\U000e0041\x85\ud800") == (
        "a⟨U+202E⟩b⟨U+200B⟩c⟨U+E0041⟩⟨U+0085⟩⟨U+D800⟩"
    )


def test_tabs_line_feeds_and_ordinary_writing_stay_as_they_are():
    text = "x\ty\n漢字 עברית é 👩\u200d🔬 \u0645\u06cc\u200c\u062e\u0648"
    assert visible(text) == text

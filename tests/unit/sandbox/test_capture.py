from hypothesis import given
from hypothesis import strategies as st

from deepcode.sandbox.capture import HeadTail


@given(st.lists(st.binary(max_size=40)), st.integers(1, 20))
def test_what_fits_is_whole_and_what_does_not_keeps_both_ends(
    chunks: list[bytes], kept: int
) -> None:
    stream = HeadTail(kept)
    for chunk in chunks:
        stream.data_received(chunk)
    data = b"".join(chunks)
    assert stream.size_bytes == len(data)
    assert stream.truncated == (len(data) > 2 * kept)
    if not stream.truncated:
        assert stream.text() == data.decode("utf-8", "replace")
    else:
        head, _, tail = stream.text().partition("\n[... ")
        assert head == data[:kept].decode("utf-8", "replace")
        assert tail.split(" bytes left out ...]\n", 1)[0] == str(len(data) - 2 * kept)
        assert stream.text().endswith(data[-kept:].decode("utf-8", "replace"))

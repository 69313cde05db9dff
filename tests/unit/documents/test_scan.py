from deepcode.documents.gather import gather
from deepcode.documents.scan import scan


def kinds(text: str) -> list[str]:
    return [piece.kind for piece in gather(text.split("\n"), scan(text.split("\n")))]


def labels(text: str) -> list[str]:
    return [piece.label for piece in gather(text.split("\n"), scan(text.split("\n")))]


def test_each_kind_of_block_is_told_from_the_others() -> None:
    text = """# Heading

A paragraph
of two lines.

$$
x = 1
$$

- one
- two

  still two

| a | b |
|---|---|
| 1 | 2 |

```python
# not a heading
```

![alt](a.png)

<table>
<tr><td>1</td></tr>

<tr><td>2</td></tr>
</table>

\\begin{align}
a &= b
\\end{align}"""
    assert kinds(text) == [
        "heading",
        "paragraph",
        "equation",
        "list",
        "table",
        "code",
        "figure",
        "table",
        "equation",
    ]


def test_an_equation_interrupts_a_paragraph() -> None:
    assert kinds("we minimise\n\\[\nx\n\\]\nwhere x is") == ["paragraph", "equation", "paragraph"]


def test_equations_are_labelled_by_tag_or_number() -> None:
    assert labels("$$\nx \\tag{3}\n$$") == ["(3)"]
    assert labels("$$ x = y $$ (4)") == ["(4)"]
    assert labels("$$\nx = y \\qquad (5a)\n$$") == ["(5a)"]
    assert labels("$$\ny = f(3)\n$$") == [""]


def test_a_sentence_that_begins_with_a_formula_is_a_paragraph() -> None:
    assert kinds("$$x$$ is a norm") == ["paragraph"]


def test_an_unclosed_formula_is_a_paragraph() -> None:
    assert kinds("$$\nx = 1\n\n# Next\n\ntext $$") == ["paragraph", "heading", "paragraph"]


def test_captions_join_the_tables_and_figures_beside_them() -> None:
    text = "Table 2. Scores\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n![](x.png)\nFigure 1: Curves."
    assert kinds(text) == ["table", "figure"]
    assert labels(text) == ["Table 2. Scores", "Figure 1: Curves."]


def test_a_sentence_about_a_table_is_no_caption() -> None:
    assert kinds("Table 2 shows that all is well.") == ["paragraph"]


def test_two_captions_do_not_share_a_table() -> None:
    text = "| a | b |\n|---|---|\n\nTable 1. One\n\nTable 2. Two\n\n| c | d |\n|---|---|"
    assert labels(text) == ["Table 1. One", "Table 2. Two"]


def test_algorithms_are_found_in_fences_tables_and_plain_text() -> None:
    fenced = "```\nAlgorithm 1 Train\nfor x do\n```"
    table = "Algorithm 2 Search\n\n<table><tr><td>while</td></tr></table>"
    plain = (
        "**Algorithm 3** Plan\n\nInput: x\n\nfor each x do\n\nThe next section explains at length."
    )
    assert labels(fenced) == ["Algorithm 1 Train"]
    assert kinds(table) == ["algorithm"]
    assert kinds(plain) == ["algorithm", "paragraph"]


def test_references_are_single_entries() -> None:
    marked = "# References\n\n[1] A. First.\n[2] B. Second, on\ntwo lines.\n\n# Appendix\n\ntext"
    plain = "# 7. References\n\nA. First. 2020.\n\nB. Second. 2021."
    assert kinds(marked) == ["heading", "reference", "reference", "heading", "paragraph"]
    assert kinds(plain) == ["heading", "reference", "reference"]


def test_a_latex_caption_is_the_label() -> None:
    inner = "\\begin{tabular}{c}\n1\n\\end{tabular}"
    text = f"\\begin{{table}}\n\\caption{{Scores of \\textbf{{all}}}}\n{inner}\n\\end{{table}}"
    assert labels(text) == ["Scores of \\textbf{all}"]


def test_a_fence_hides_everything_until_it_closes() -> None:
    assert kinds("````\n```\n# no\n$$\n````\n\n# yes") == ["code", "heading"]


def test_many_unclosed_openings_are_read_in_one_go() -> None:
    for opening in (
        "$$ a\n\\[ x",
        "<table",
        "\\begin{equation}",
        "\\begin{align}\n$$",
        "| a | b |",
    ):
        lines = "\n".join([opening] * 20_000).split("\n")
        assert sum(piece.end - piece.start for piece in scan(lines)) == len(lines)

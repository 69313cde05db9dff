from deepcode.documents.pdf.flow import flowing_lines
from deepcode.documents.pdf.page import Page, Run, make_run, restored_latex, tidy_maths
from deepcode.documents.pdf.words import Words


def run(text: str, x: float, y: float, width: float, **look: object) -> Run:
    font = str(look.get("font", "Times"))
    size = float(str(look.get("size", 10)))
    box = (x, y, x + width, y + size)
    turned = float(str(look.get("rotation", 0)))
    return make_run(text, box, font=font, size=size, weight=400, rotation=turned)


def markdown(*runs: Run) -> list[str]:
    return [line.text for line in flowing_lines([Page(1, 612, 792, runs)])]


BODY = "An ordinary line of running text that fills the whole width of the page with words"


def body(y: float) -> Run:
    return run(BODY, 72, y, 468)


def test_a_numbered_formula_becomes_a_tagged_equation() -> None:
    formula = run("$L(\\theta )=\\max \\eta$", 200, 130, 120, font="CMMI10")
    assert markdown(body(100), formula, run("(2)", 528, 130, 12), body(160))[2:5] == [
        "$$",
        "L(\\theta )=\\max \\eta \\tag{2}",
        "$$",
    ]


def test_code_keeps_its_lines_and_indentation() -> None:
    lines = [run("def f(x):", 72, 130, 54, font="Courier")]
    lines += [run("return x", 96, 142, 48, font="Courier")]
    assert markdown(body(76), body(88), body(100), *lines, body(180))[2:6] == [
        "```",
        "def f(x):",
        "    return x",
        "```",
    ]


def test_an_algorithm_box_is_fenced() -> None:
    rows = ["Algorithm 1 Train the network", "Input: a policy", "for t = 1 to T do", "end for"]
    runs = [run(text, 72 if not at else 80, 130 + 12 * at, 150) for at, text in enumerate(rows)]
    text = markdown(body(100), *runs, body(220))
    assert text[2:4] == ["```algorithm", "Algorithm 1 Train the network"]
    assert text[6].strip() == "end for"
    assert text[7] == "```"


def test_text_inside_a_figure_goes_with_its_caption() -> None:
    inside = [run("state", 100, 150, 20, size=7), run("action", 300, 170, 25, size=7)]
    text = markdown(body(100), *inside, run("Figure 1: The loop.", 72, 220, 90), body(260))
    assert text[2] == "Figure 1: The loop."
    assert text[3].startswith("Text in the figure: ")


def test_turned_text_and_stamps_are_left_out() -> None:
    stamp = run("arXiv:2401.01967v1 [cs.CL] 3 Jan 2024", 10, 300, 10, rotation=90)
    assert markdown(body(100), stamp, body(112)) == [f"{BODY} {BODY}"]


def test_a_footnote_does_not_break_the_paragraph_above_it() -> None:
    note = run("1 A small note below the column.", 72, 700, 150, size=8)
    follows = [run("and goes on over here on the next page.", 72, 100, 200)]
    pages = [Page(1, 612, 792, (body(600), note)), Page(2, 612, 792, tuple(follows))]
    text = [line.text for line in flowing_lines(pages)]
    assert text[0] == f"{BODY} and goes on over here on the next page."
    assert text[2] == "1 A small note below the column."


def test_a_paragraph_that_begins_like_markdown_stays_a_paragraph() -> None:
    assert markdown(run("# not a heading but text", 72, 100, 200), body(160))[0].startswith("\\#")


def test_punctuation_drawn_into_a_formula_is_put_back() -> None:
    assert tidy_maths("policy)$,\\bar{\\pi }$ denotes") == "policy), $\\bar{\\pi }$ denotes"
    assert tidy_maths("costs $5") == "costs $5"


def test_latex_that_the_text_layer_carries_is_restored() -> None:
    mangled = "$\\setminus label\\{eq:a\\}\\setminus phi\\hat{}l\\_k=\\setminus text\\{x\\}$"
    assert restored_latex(mangled) == "$\\phi^l_k=\\text{x}$"


def test_hyphens_stay_where_the_document_writes_them() -> None:
    words = Words(["a self-made refining machine", "the improvement of state-of-the-art things"])
    assert words.join("a self-", "made world") == "a self-made world"
    assert words.join("the refin-", "ing of") == "the refining of"
    assert words.join("the Smith-", "Jones test") == "the Smith-Jones test"
    assert words.join("no break", "here") == "no break here"

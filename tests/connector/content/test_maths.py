import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.content.markdown import render
from connector.content.maths import ATTRIBUTES, ELEMENTS, TexError, to_mathml
from connector.content.text import plain_text

PIECES = st.sampled_from(
    r"""
    \frac \sqrt \left( \right) \begin{pmatrix} \end{pmatrix} { } ^ _ & \\ x 1 \alpha \sum \text{a} \mathbb \not \over
    \hspace \binom \overline [ ] ' \color \verb| \genfrac \limits \substack \raise \cases
    """.split(" ")  # noqa: SIM905
)


def test_a_formula_in_a_line():
    assert render("so $x^2$ is") == (
        '<p>so <math display="inline" alttext="x^2"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math> is</p>'
    )


@pytest.mark.parametrize("source", ["$$\n\\frac{a}{b}\n$$", "```math\n\\frac{a}{b}\n```", "$$\\frac{a}{b}$$"])
def test_a_formula_of_its_own(source):
    assert render(source) == (
        '<p class="math" tabindex="0"><math display="block" alttext="\\frac{a}{b}"><mrow><mfrac><mrow><mi>a</mi></mrow>'
        "<mrow><mi>b</mi></mrow></mfrac></mrow></math></p>"
    )


def test_the_words_of_a_formula_are_its_tex():
    assert plain_text(render("so $x^2$ is")) == "so x^2 is"


@pytest.mark.parametrize(
    "prose",
    [
        "$5 and $6",
        "US$5 or CA$6, 7$ or $8",
        "$5, or 6$ there",
        "from $2 apples to 3$",
        "$HOME and $PATH",
        "$ 5 $",
        "a $$ b",
        "\\$x\\$",
        "pay $10 (or 10$)",
    ],
)
def test_money_is_no_formula(prose):
    assert "<math" not in render(prose)


@pytest.mark.parametrize("tex", ["x", "a, b", "ab - cd", "f of x", "3x", "2,5", r"5 \text{ apples}", "n!"])
def test_short_formulas_are_formulas(tex):
    assert "<math" in render(f"${tex}$")


@pytest.mark.parametrize(
    "tex",
    [
        r"\frac{1}",
        r"\frac{1}{",
        "}{",
        r"\nonsense{x}",
        r"\left( x",
        "x^",
        r"\begin{matrix} a",
        r"\def\a{\a\a}\a",
        r"\newcommand{\a}{x}\a",
        "x" * 5000,
        "{" * 500 + "}" * 500,
        r"\sqrt{" * 300 + "}" * 300,
        "x^{" * 300 + "}" * 300,
        r"\left(" * 300 + r"\right)" * 300,
    ],
)
def test_what_cannot_be_read_is_shown_as_code(tex):
    with pytest.raises(TexError):
        to_mathml(tex, is_block=False)
    assert plain_text(render(f"a ${tex}$ b")) == f"a {tex} b"
    assert "<code>" in render(f"${tex}$")


def test_the_inverse_of_a_matrix():
    html = to_mathml(r"\begin{pmatrix}a\end{pmatrix}^{-1}_2", is_block=False)
    matrix = "<mrow><mo>(</mo><mtable><mtr><mtd><mi>a</mi></mtd></mtr></mtable><mo>)</mo></mrow>"
    assert f"<msubsup>{matrix}<mn>2</mn><mrow><mo>−</mo><mn>1</mn></mrow></msubsup>" in html


def test_brackets_are_as_high_as_their_matrix():
    html = to_mathml(r"\begin{cases}1 & x\end{cases} + \begin{bmatrix}a\end{bmatrix} + \frac{1}{2}", is_block=False)
    assert "<mrow><mo>[</mo><mtable><mtr><mtd><mi>a</mi></mtd></mtr></mtable><mo>]</mo></mrow><mo>+</mo>" in html


def test_letters_of_other_alphabets_are_characters():
    html = to_mathml(r"\mathbf{AB}\mathcal{BC}\mathbb{R}\mathfrak{I}\mathtt{x1}", is_block=False)
    assert "".join(re.findall(r">([^<]+)<", html)) == "𝐀𝐁ℬ𝒞ℝℑ𝚡𝟷"


def test_links_styles_colours_and_wide_gaps_are_left_out():
    html = to_mathml(r"\href{https://a.example}{x}\style{color:red}{y}\color{red}{z}\hspace{99em}", is_block=False)
    assert set(re.findall(r" ([a-z]+)=", html)) == {"display", "alttext"}


def test_twenty_thousand_characters_of_formulas_stay_text_in_the_end():
    html = render(r"$\alpha\beta_1^2$ " * 1100)
    assert len(html) < 200_000
    assert "<math" in html
    assert r"<code>\alpha" in html


@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)), st.booleans())
def test_any_tex_is_a_formula_of_known_elements_or_refused(tex, is_block):
    try:
        html = to_mathml(tex, is_block=is_block)
    except TexError:
        return
    assert set(re.findall(r"<([a-z]+)", html)) <= ELEMENTS
    without_text = re.sub(r'"[^"]*"|>[^<]*', "", html)
    assert set(re.findall(r" ([a-z]+)=", without_text)) <= ATTRIBUTES

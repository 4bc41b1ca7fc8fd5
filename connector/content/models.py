"""What every written thing stores; a mixin, no table of its own."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from connector.content import markdown
from connector.content.text import count_words, normalise, plain_text, snippet


class Written:
    """Mixin: a text in Markdown, and what was made of it when it was written. Set it with `write`."""

    body: Mapped[str] = mapped_column(Text)
    """The Markdown, normalised."""
    body_html: Mapped[str] = mapped_column(Text)
    """Sanitised: the one column that templates may mark as safe."""
    renderer: Mapped[int]
    """The version of the renderer that made the HTML."""
    snippet: Mapped[str]
    """The beginning, without markup."""
    word_count: Mapped[int]

    def write(self, body: str) -> None:
        """Set the text, and everything that follows from it."""
        self.body = normalise(body)
        self.body_html = markdown.render(self.body)
        self.renderer = markdown.RENDERER
        plain = plain_text(self.body_html)
        self.snippet = snippet(plain)
        self.word_count = count_words(plain)

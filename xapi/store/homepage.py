"""The page for a person who opens the store's address in a browser."""

from flask import Response
from markupsafe import Markup

from xapi.store.config import StoreConfig

_PAGE = Markup("""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Learning record store</title>
<style>:root {{ color-scheme: light dark }} body {{ font: 1rem/1.5 system-ui; max-width: 36rem; margin: 3rem auto; padding: 0 1rem }}</style>
<h1>Learning record store</h1>
<p>This is a small <abbr title="learning record store">LRS</abbr> for xAPI 1.0.3 and 2.0. It holds {count} {noun}.</p>
<p>Statements are stored and read at <code>{url}/statements</code>, with a name and a password;
what the store can do, it tells at <a href="{about}"><code>{url}/about</code></a>.
It keeps statements only: no attachment data, and no documents of states and profiles.</p>
</html>
""")


def home(count: int, config: StoreConfig) -> Response:
    """Return the page; it tells how many statements there are, and nothing of what they say."""
    url = f"{config.public_url.rstrip('/')}{config.base_path}"
    noun = "statement" if count == 1 else "statements"
    response = Response(_PAGE.format(count=f"{count:,}", noun=noun, url=url, about=f"{url}/about"))
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response

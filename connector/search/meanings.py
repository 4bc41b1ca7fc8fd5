"""What a text means, as numbers: by a model that an operator put into a folder, and by no other.

A model is a list of word pieces with a row of numbers for each; a text means the mean of its pieces' rows. Only the rows that
a text needs are read, from the file as it is mapped into memory, so that all processes of a machine share it; and nothing is
ever fetched or run that lies in the folder. `pip install kring[semantic]` brings what reads both files.

Source: https://github.com/MinishLab/model2vec, `StaticModel.encode`.
"""

import hashlib
import importlib
import importlib.util
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connector.config import SettingsError

Vector = NDArray[np.float32]

LIBRARIES = ("tokenizers", "safetensors")
_WAY = "2"
"""Of making a vector of a title and a text: another one makes other vectors of the same model."""
_TITLE = 2 / 3
"""How much of a vector a title is, where there is a text too: of most questions it says all, and a text wanders."""
_LONGEST, _PIECES = 4_000, 512
"""How many characters and how many pieces of a text count."""
_LAYOUTS = (
    ("model.safetensors", "tokenizer.json", "embeddings"),
    ("model.safetensors", "tokenizer.json", "embedding.weight"),
    ("0_StaticEmbedding/model.safetensors", "0_StaticEmbedding/tokenizer.json", "embedding.weight"),
)
"""Where a model has its rows and its words, and what the rows are called: model2vec's own, and sentence-transformers'."""
_SAMPLES, _SAMPLE = 64, 4_096
_UNKNOWN_ID = re.compile(rb'"unk_id"\s*:\s*(\d+)')
_UNKNOWN_TOKEN = re.compile(rb'"unk_token"\s*:\s*("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True, slots=True)
class Files:
    """A model's files, looked at and not yet read."""

    rows: Path
    words: Path
    name: str
    """Of the rows within their file."""
    tables: Any
    """What the file of rows holds, by name: a `safetensors.safe_open`."""


class Model:
    """A model that is open. Any number of threads may use it at once: after opening, nothing in it changes."""

    def __init__(self, folder: str) -> None:
        """Open the model in a folder.

        Raises:
            SettingsError: There is none, or the library is missing.
        """
        files = inspect(folder)
        words = files.words.read_bytes()
        self.fingerprint = _fingerprint(files, words)
        """Tells this model, and this way of using it, from every other; the same on every machine."""
        self._rows = files.tables.get_slice(files.name)
        try:
            count, self.width = self._rows.get_shape()
            """How many rows there are, and how many numbers a vector has."""
            self._rows[:1].astype(np.float32)
        except (TypeError, ValueError) as error:
            raise SettingsError(f"KRING_SEMANTIC_MODEL has numbers of a kind that is not read: {folder!r}") from error
        names = set(files.tables.keys())
        self._weights, self._places = (
            files.tables.get_tensor(name) if name in names else None for name in ("weights", "mapping")
        )
        try:
            self._words = importlib.import_module("tokenizers").Tokenizer.from_file(str(files.words))
        except Exception as error:  # the library raises no narrower one
            raise SettingsError(
                f"KRING_SEMANTIC_MODEL has words that cannot be read: {files.words}: {error}"
            ) from error
        # Changed here and never again: to change it while another thread cuts words fails.
        self._words.no_truncation()
        self._words.no_padding()
        self._unknown = _unknown(self._words, words)
        if self._places is None and self._words.get_vocab_size() > count:
            raise SettingsError(f"KRING_SEMANTIC_MODEL has more words than rows: {folder!r}")

    def vector(self, title: str, text: str) -> Vector:
        """Return what a document means: a vector of length 1, or of nothing but 0 where the model knows no word of it."""
        first, second = self._mean(title), self._mean(text)
        if first.any() and second.any():
            return _unit(_TITLE * first + (1 - _TITLE) * second)
        return first if first.any() else second

    def _mean(self, text: str) -> Vector:
        pieces = self._words.encode(text[:_LONGEST], add_special_tokens=False).ids if text else ()
        ids = np.array([each for each in pieces if each != self._unknown][:_PIECES], dtype=np.int64)
        if not len(ids):
            return np.zeros(self.width, np.float32)
        places = ids if self._places is None else self._places[ids]
        rows = np.concatenate([self._rows[each : each + 1] for each in places.tolist()]).astype(np.float32)
        if self._weights is not None:
            rows *= np.asarray(self._weights[ids], np.float32)[:, None]
        return _unit(rows.mean(axis=0))


def inspect(folder: str) -> Files:
    """Return the files of the model in a folder, after a look at them that costs nothing.

    Raises:
        SettingsError: It cannot be used; the message says what is missing.
    """
    if not all(map(importlib.util.find_spec, LIBRARIES)):
        raise SettingsError("KRING_SEMANTIC_MODEL needs a library that is not installed: pip install 'kring[semantic]'")
    root = Path(folder)
    if not root.is_dir():
        raise SettingsError(f"KRING_SEMANTIC_MODEL is no folder on this machine: {folder!r}")
    for rows, words, name in _LAYOUTS:
        if (root / rows).is_file() and (root / words).is_file():
            tables = _tables(root / rows)
            if name in set(tables.keys()):
                return Files(root / rows, root / words, name, tables)
    raise SettingsError(
        f"KRING_SEMANTIC_MODEL has no model of static vectors, with model.safetensors and tokenizer.json: {folder!r}"
    )


def pack(vector: Vector) -> bytes:
    """Return a vector as it is stored, a byte for each number; nothing for one of nothing but 0."""
    most = float(np.abs(vector).max(initial=0))
    return np.rint(vector * (127 / most)).astype(np.int8).tobytes() if most else b""


def _tables(file: Path) -> Any:
    """Return what a file of numbers holds.

    Raises:
        SettingsError: It is not whole, or of a kind that is not read.
    """
    library = importlib.import_module("safetensors")
    try:
        return library.safe_open(file, "numpy")
    except (library.SafetensorError, OSError) as error:
        raise SettingsError(f"KRING_SEMANTIC_MODEL has a file that cannot be read: {file}: {error}") from error


def _fingerprint(files: Files, words: bytes) -> str:
    """Return the name of a model: of all its words, and of samples of its rows, which are hundreds of megabytes."""
    digest = hashlib.sha256(f"{_WAY} {files.name}".encode())
    digest.update(words)
    size = files.rows.stat().st_size
    with files.rows.open("rb") as stream:
        for number in range(_SAMPLES):
            stream.seek(max(size - _SAMPLE, 0) * number // (_SAMPLES - 1))
            digest.update(stream.read(_SAMPLE))
    return digest.hexdigest()[:16]


def _unknown(tokenizer: Any, words: bytes) -> int | None:
    """Return the number of the piece that stands for whatever the model does not know; None where it has none.

    Read from the file: to ask the library for it would make hundreds of megabytes of text.
    """
    if found := _UNKNOWN_ID.search(words):
        return int(found[1])
    token = _UNKNOWN_TOKEN.search(words)
    return tokenizer.token_to_id(json.loads(token[1])) if token else None


def _unit(vector: Vector) -> Vector:
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length else vector, np.float32)

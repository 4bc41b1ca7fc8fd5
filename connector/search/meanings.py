"""What a text means, as numbers: by a model that an operator put into a folder, and by no other.

A model is a list of word pieces with a row of numbers for each; a text means the mean of its pieces' rows. That is read here
from the files themselves, without the library that wrote them: rows are mapped into memory, so that all processes of a
machine share them and none reads more than it needs, and nothing is ever fetched or run that lies in the folder. Only the
cutting of words is left to `tokenizers`, which is `pip install kring[semantic]`.

Source: https://github.com/MinishLab/model2vec, `StaticModel.encode`; https://huggingface.co/docs/safetensors, Format.
"""

import hashlib
import importlib
import importlib.util
import json
import math
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from connector.config import SettingsError

Vector = NDArray[np.float32]

LIBRARY = "tokenizers"
_WAY = "1"
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
_KINDS = {"F16": np.float16, "F32": np.float32, "F64": np.float64, "I8": np.int8, "I32": np.int32, "I64": np.int64}
_MOST_HEADER = 1_000_000
_SAMPLES, _SAMPLE = 64, 4_096
_UNKNOWN_ID = re.compile(rb'"unk_id"\s*:\s*(\d+)')
_UNKNOWN_TOKEN = re.compile(rb'"unk_token"\s*:\s*("(?:[^"\\]|\\.)*")')


class Part(NamedTuple):
    """What a file of rows says of one of the tables in it."""

    kind: str
    shape: tuple[int, ...]
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Files:
    """A model's files, looked at and not yet read."""

    rows: Path
    words: Path
    name: str
    """Of the rows within their file."""
    parts: Mapping[str, Part]
    """What the file of rows holds, by name."""
    start: int
    """Where in that file the numbers begin."""


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
        self._rows = _map(files, files.name)
        self._weights = _map(files, "weights") if "weights" in files.parts else None
        self._places = _map(files, "mapping") if "mapping" in files.parts else None
        try:
            self._words = importlib.import_module(LIBRARY).Tokenizer.from_file(str(files.words))
        except Exception as error:  # the library raises no narrower one
            raise SettingsError(
                f"KRING_SEMANTIC_MODEL has words that cannot be read: {files.words}: {error}"
            ) from error
        # Changed here and never again: to change it while another thread cuts words fails.
        self._words.no_truncation()
        self._words.no_padding()
        self._unknown = _unknown(self._words, words)
        if self._places is None and self._words.get_vocab_size() > len(self._rows):
            raise SettingsError(f"KRING_SEMANTIC_MODEL has more words than rows: {folder!r}")

    @property
    def width(self) -> int:
        """How many numbers a vector has."""
        return int(self._rows.shape[1])

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
        rows = np.asarray(self._rows[ids if self._places is None else self._places[ids]], np.float32)
        if self._weights is not None:
            rows *= np.asarray(self._weights[ids], np.float32)[:, None]
        return _unit(rows.mean(axis=0))


def inspect(folder: str) -> Files:
    """Return the files of the model in a folder, after a look at them that costs nothing.

    Raises:
        SettingsError: It cannot be used; the message says what is missing.
    """
    if importlib.util.find_spec(LIBRARY) is None:
        raise SettingsError("KRING_SEMANTIC_MODEL needs a library that is not installed: pip install 'kring[semantic]'")
    root = Path(folder)
    if not root.is_dir():
        raise SettingsError(f"KRING_SEMANTIC_MODEL is no folder on this machine: {folder!r}")
    for rows, words, name in _LAYOUTS:
        if (root / rows).is_file() and (root / words).is_file():
            parts, start = _read_header(root / rows)
            if name in parts:
                return _checked(Files(root / rows, root / words, name, parts, start))
    raise SettingsError(
        f"KRING_SEMANTIC_MODEL has no model of static vectors, with model.safetensors and tokenizer.json: {folder!r}"
    )


def pack(vector: Vector) -> bytes:
    """Return a vector as it is stored, a byte for each number; nothing for one of nothing but 0."""
    most = float(np.abs(vector).max(initial=0))
    return np.rint(vector * (127 / most)).astype(np.int8).tobytes() if most else b""


def _checked(files: Files) -> Files:
    """Return files whose numbers are where the header says.

    Raises:
        SettingsError: They are not, or are of a kind that is not read.
    """
    size = files.rows.stat().st_size - files.start
    for name in {files.name, "weights", "mapping"} & files.parts.keys():
        part = files.parts[name]
        if part.kind not in _KINDS:
            raise SettingsError(f"KRING_SEMANTIC_MODEL has numbers of a kind that is not read: {part.kind}")
        length = np.dtype(_KINDS[part.kind]).itemsize * math.prod(part.shape)
        is_table = len(part.shape) == (2 if name == files.name else 1) and min(part.shape) > 0
        if not is_table or part.begin < 0 or part.end - part.begin != length or part.end > size:
            raise SettingsError(f"KRING_SEMANTIC_MODEL is not whole: {files.rows}")
    return files


def _read_header(file: Path) -> tuple[Mapping[str, Part], int]:
    """Return what a file of numbers holds, and where the numbers begin."""
    try:
        with file.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            # One that says it is longer than any is cut, and so is no JSON.
            told = json.loads(stream.read(min(length, _MOST_HEADER)))
        told.pop("__metadata__", None)
        parts = {
            name: Part(str(part["dtype"]), tuple(map(int, part["shape"])), *map(int, part["data_offsets"]))
            for name, part in told.items()
        }
    except (OSError, ValueError, struct.error, TypeError, AttributeError, KeyError) as error:
        raise SettingsError(f"KRING_SEMANTIC_MODEL has a file that cannot be read: {file}") from error
    return parts, 8 + length


def _map(files: Files, name: str) -> NDArray[Any]:
    part = files.parts[name]
    return np.memmap(files.rows, _KINDS[part.kind], "r", files.start + part.begin, part.shape)


def _fingerprint(files: Files, words: bytes) -> str:
    """Return the name of a model: of all its words, and of samples of its rows, which are hundreds of megabytes."""
    digest = hashlib.sha256(f"{_WAY} {files.name} {sorted(files.parts.items())}".encode())
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

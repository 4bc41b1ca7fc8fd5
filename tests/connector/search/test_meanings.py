"""A model is read from its files as the library that wrote them reads them."""

import json
import subprocess
import sys
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.config import SettingsError
from connector.search import meanings
from connector.search.meanings import Model, inspect, pack
from connector.search.nearness import ENOUGH, LEAST_OF_FEW, floor
from tests.connector.search.dictionary import save_model

TEXTS = (
    "Hvem skal jeg ringe til, når jeg er syg?",
    "faktura faktura udlandet",
    "nothing of this is known",
    "",
    "Sick sick SICK " * 400,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_model(tmp_path_factory.mktemp("model"))


@pytest.mark.parametrize("kind", ["float32", "float16", "int8"])
@pytest.mark.parametrize("clusters", [None, 7])
def test_vectors_are_those_of_the_library(folder, tmp_path, kind, clusters):
    from model2vec import StaticModel

    theirs = StaticModel.from_pretrained(folder, quantize_to=kind)
    if clusters:  # several words share a row, and each has a weight
        places = np.arange(len(theirs.tokens)) % clusters
        weights = np.linspace(0.5, 2, len(theirs.tokens)).astype(np.float32)
        theirs = StaticModel(
            theirs.embedding[:clusters], theirs.tokenizer, normalize=True, weights=weights, token_mapping=places
        )
    theirs.save_pretrained(tmp_path)
    ours = Model(str(tmp_path))
    for text in TEXTS:
        assert ours.vector("", text) == pytest.approx(theirs.encode(text), abs=2e-3)


@pytest.mark.parametrize("kind", ["WordPiece", "Unigram", "BPE"])
def test_words_are_cut_as_real_models_cut_them(tmp_path, kind):
    from model2vec import StaticModel
    from tokenizers import Tokenizer, models, pre_tokenizers

    pieces = ["[UNK]", *"abdegijklnorstyæ", *(f"##{each}" for each in "abdegijklnorsty"), "syg", "ring", "##er", "til"]
    tokenizer = Tokenizer(
        {
            "WordPiece": models.WordPiece({piece: number for number, piece in enumerate(pieces)}, unk_token="[UNK]"),
            "Unigram": models.Unigram([(piece, -1.0 - number / 9) for number, piece in enumerate(pieces)], unk_id=0),
            "BPE": models.BPE({piece: number for number, piece in enumerate(pieces)}, [], unk_token=None),
        }[kind]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.enable_padding(length=64)
    rows = np.random.default_rng(1).normal(size=(len(pieces), 8)).astype(np.float32)
    theirs = StaticModel(rows, tokenizer, normalize=True)
    theirs.save_pretrained(tmp_path)
    ours = Model(str(tmp_path))
    for text in ("Hvem ringer til syge?", "sygedagbog €€ tiltag", "€", "æ"):
        assert ours.vector(text, "") == pytest.approx(theirs.encode(text), abs=1e-5)


def test_folders_of_sentence_transformers_are_read_too(folder, tmp_path):
    from safetensors.numpy import load_file, save_file

    inner = tmp_path / "0_StaticEmbedding"
    inner.mkdir()
    rows = load_file(f"{folder}/model.safetensors")["embeddings"]
    save_file({"embedding.weight": rows}, inner / "model.safetensors")
    (inner / "tokenizer.json").write_bytes(meanings.Path(folder, "tokenizer.json").read_bytes())
    assert Model(str(tmp_path)).vector("syg", "") == pytest.approx(Model(folder).vector("syg", ""))


def test_words_of_one_meaning_are_near_and_others_are_not(folder):
    model = Model(folder)
    danish, swedish, other = (
        model.vector(each, "") for each in ("Hvem ringer man til ved sygemelding", "Sjuk", "Fiets")
    )
    assert danish @ swedish > 0.95
    assert abs(danish @ other) < 0.1


def test_a_title_counts_more_than_its_text(folder):
    model = Model(folder)
    both = model.vector("faktura", "cykel")
    assert both @ model.vector("invoice", "") > both @ model.vector("bicycle", "") > 0.3


def test_bytes_keep_the_direction(folder):
    vector = Model(folder).vector("faktura udlandet", "printer")
    packed = np.frombuffer(pack(vector), np.int8).astype(float)
    assert packed @ vector / np.linalg.norm(packed) > 0.999
    assert pack(np.zeros(4, np.float32)) == b""


@given(st.lists(st.floats(-1, 1, width=32), min_size=2, max_size=64).filter(lambda each: max(map(abs, each)) > 1e-3))
def test_bytes_of_any_vector_point_where_it_does(numbers):
    vector = np.array(numbers, np.float32)
    packed = np.frombuffer(pack(vector), np.int8).astype(float)
    assert packed @ vector / np.linalg.norm(packed) / np.linalg.norm(vector) > 0.999


def test_fingerprint_is_the_models_and_not_the_folders(folder, tmp_path):
    same, other = save_model(tmp_path / "same"), save_model(tmp_path / "other", seed=2)
    assert Model(same).fingerprint == Model(folder).fingerprint != Model(other).fingerprint


def test_threads_may_use_it_at_once(folder):
    model, wrong = Model(folder), []
    wanted = [model.vector(text, "") for text in TEXTS]

    def use():
        try:
            for _ in range(50):
                for text, vector in zip(TEXTS, wanted, strict=True):
                    assert np.array_equal(model.vector(text, ""), vector)
        except Exception as error:  # noqa: BLE001 -- whatever a thread ran into is what the test tells
            wrong.append(error)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert wrong == []


# --- what cannot be used ------------------------------------------------------------------------------------------------
def test_no_folder(tmp_path):
    with pytest.raises(SettingsError, match="KRING_SEMANTIC_MODEL is no folder"):
        inspect(str(tmp_path / "nowhere"))


def test_empty_folder(tmp_path):
    with pytest.raises(SettingsError, match=r"no model of static vectors.*model\.safetensors"):
        inspect(str(tmp_path))


def test_no_library(folder, monkeypatch):
    monkeypatch.setattr(meanings, "LIBRARIES", ("tokenizers", "no_such_library"))
    with pytest.raises(SettingsError, match=r"pip install 'kring\[semantic\]'"):
        inspect(folder)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[:-100],
        lambda content: content[:6],
        lambda content: (2**60).to_bytes(8, "little") + content[8:],
        lambda content: content.replace(b'"F32"', b'"Q99"'),
        lambda content: content[:8] + b"[]" + content[10:],
        lambda content: content.replace(b'"shape":[', b'"shapf":['),
    ],
    ids=["cut", "short", "long header", "odd kind", "no parts", "no shape"],
)
def test_file_that_is_not_whole(folder, tmp_path, spoil):
    for name in ("tokenizer.json", "model.safetensors"):
        content = meanings.Path(folder, name).read_bytes()
        (tmp_path / name).write_bytes(spoil(content) if name == "model.safetensors" else content)
    with pytest.raises(SettingsError, match="KRING_SEMANTIC_MODEL"):
        inspect(str(tmp_path))


@pytest.mark.parametrize("odd", ["flat", "half"])
def test_numbers_that_are_no_table_or_of_a_kind_that_is_not_read(folder, tmp_path, odd):
    shape, kind = {"flat": ([8], "F16"), "half": ([2, 4], "BF16")}[odd]
    header = json.dumps({"embeddings": {"dtype": kind, "shape": shape, "data_offsets": [0, 16]}}).encode()
    content = len(header).to_bytes(8, "little") + header + bytes(16)
    (tmp_path / "model.safetensors").write_bytes(content)
    (tmp_path / "tokenizer.json").write_bytes(meanings.Path(folder, "tokenizer.json").read_bytes())
    with pytest.raises(SettingsError, match="of a kind that is not read"):
        Model(str(tmp_path))


def test_words_that_cannot_be_read(folder, tmp_path):
    (tmp_path / "model.safetensors").write_bytes(meanings.Path(folder, "model.safetensors").read_bytes())
    (tmp_path / "tokenizer.json").write_text(json.dumps({"model": {}}))
    with pytest.raises(SettingsError, match="words that cannot be read"):
        Model(str(tmp_path))


def test_application_does_without_the_library():
    told = "import sys; import connector.cli; import connector.app; print({'tokenizers', 'safetensors', 'model2vec'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# --- from where on something is near -----------------------------------------------------------------------------------
def test_unrelated_texts_are_below_the_floor_however_many_there_are():
    chance = np.random.default_rng(1)
    for count in (100, 1_000, 20_000):
        for middle in (0.0, 0.2):
            similar = chance.normal(middle, 0.1, count).astype(np.float32)
            assert np.count_nonzero(similar >= floor(similar)) <= 3


def test_what_is_much_nearer_than_the_rest_is_above_it():
    similar = np.random.default_rng(1).normal(0.2, 0.08, 20_000).astype(np.float32)
    similar[:30] = 0.7
    assert 0.5 < floor(similar) < 0.7


def test_where_nearly_everything_is_the_same_it_is_near():
    assert floor(np.full(100, 0.9, np.float32)) == ENOUGH


def test_among_few_the_least_decides():
    assert floor(np.array([0.9, 0.8, 0.1], np.float32)) == LEAST_OF_FEW
    assert floor(np.zeros(0, np.float32)) == LEAST_OF_FEW

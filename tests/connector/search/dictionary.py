"""A model that knows a dozen things by their names in four languages, and nothing else; written as real ones are."""

from pathlib import Path

import numpy as np

THINGS = (
    "syg sjuk ziek sick ill sygemelding sjukanmälan ziekmelding sjukskrivning",
    "ringe ringa bellen call phone",
    "chef baas boss manager leder",
    "faktura factuur invoice bill regning",
    "udlandet utomlands buitenland abroad",
    "eksamen tentamen examen exam",
    "frist deadline inlämningsdag",
    "printer skrivare drukker printeren",
    "ferie semester vakantie holiday",
    "kode lösenord wachtwoord password",
    "mad mat eten food kantine",
    "cykel fiets bicycle",
)
"""What means the same stands on one line."""


def save_model(folder: Path, *, seed: int = 1, width: int = 48) -> str:
    """Write the model into a folder, and return where it is.

    Args:
        seed: Another one gives other numbers for the same meanings.
    """
    from model2vec import StaticModel
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    words = {"[UNK]": 0}
    rows = [np.zeros(width)]
    chance = np.random.default_rng(seed)
    # Orthogonal: what shares no meaning is not alike at all.
    means = np.linalg.qr(chance.normal(size=(width, width)))[0]
    for thing, names in enumerate(THINGS):
        for name in names.split():
            words[name] = len(words)
            rows.append(means[thing] * chance.uniform(1, 3) + chance.normal(size=width) * 0.02)
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    model = StaticModel(np.array(rows, np.float32), tokenizer, normalize=True)
    model.save_pretrained(folder)
    return str(folder)

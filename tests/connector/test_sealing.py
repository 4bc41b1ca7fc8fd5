import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.sealing import SealError, seal, unseal


@given(plain=st.binary(max_size=200), secret=st.text(min_size=1))
def test_unsealing_gives_back_what_was_sealed(plain, secret):
    assert unseal(secret, seal(secret, plain)) == plain


def test_another_secret_opens_nothing():
    with pytest.raises(SealError, match="KRING_SECRET_KEY"):
        unseal("another", seal("one", b"key"))


def test_changed_value_opens_nothing():
    sealed = bytearray(seal("one", b"key"))
    sealed[-1] ^= 1
    with pytest.raises(SealError):
        unseal("one", bytes(sealed))

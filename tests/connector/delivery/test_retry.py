from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from connector.delivery.retry import BASE, CAP, LONGEST_WISH, back_off

CHANCES = st.floats(0, 1, exclude_max=True)


@given(failures=st.integers(1, 10**6), chance=CHANCES)
def test_nothing_waits_longer_than_the_cap(failures, chance):
    assert timedelta(0) <= back_off(failures, chance=lambda: chance) <= CAP


@given(failures=st.integers(1, 9), chance=CHANCES)
def test_the_range_doubles_with_each_failure(failures, chance):
    one = back_off(failures, chance=lambda: chance)
    assert one <= BASE * 2 ** (failures - 1)
    assert abs(back_off(failures + 1, chance=lambda: chance) - 2 * one) <= timedelta(microseconds=2)


@given(chance=CHANCES, wish=st.floats(0, 1e15))
def test_a_wish_is_honoured_within_reason(chance, wish):
    wait = back_off(1, chance=lambda: chance, retry_after=wish)
    assert timedelta(seconds=min(wish, LONGEST_WISH.total_seconds())) <= wait <= max(LONGEST_WISH, CAP)

import pytest

from connector.peer_review.allocation.forecast import Record, Standing, forecast, probability_of_finishing
from connector.peer_review.allocation.problem import InvalidProblemError


def test_work_with_reviews_enough_lacks_nothing():
    found = forecast([Standing("a", 3), Standing("b", 5)], [], needed=3, hours_left=48)
    assert (found.deficit, found.short, found.volunteers) == (0, (), 0)


def test_what_will_be_missing_is_named_the_worst_first():
    works = [Standing("a", 2), Standing("b", 0, [Record()]), Standing("c", 3)]
    found = forecast(works, [], needed=3, hours_left=48)
    assert [id_ for id_, _ in found.short] == ["b", "a"]
    assert found.deficit == pytest.approx(1 + 3 - 0.8)
    assert found.volunteers == 3


def test_reviews_that_are_owed_count_for_what_experience_tells():
    owing = [(Record(finished=90), 2), (Record(let_go=90), 2)]
    found = forecast([Standing("a", 0)], owing, needed=3, hours_left=48)
    assert found.capacity == pytest.approx(2 * 0.98 + 2 * 0.08)
    assert found.volunteers == 1


def test_late_reviews_are_seldom_finished():
    late, early = (probability_of_finishing(Record(), hours_left=hours) for hours in (12, 48))
    assert late < early == 0.8


@pytest.mark.parametrize(
    ("record", "hours", "needed"),
    [(Record(finished=-1), 1, 1), (Record(), -1, 1), (Record(let_go=-1), 1, 1), (Record(), 1, -1)],
)
def test_negative_numbers_are_refused(record, hours, needed):
    with pytest.raises(InvalidProblemError):
        forecast([Standing("a", 0, [record])], [], needed=needed, hours_left=hours)

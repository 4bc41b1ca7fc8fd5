"""Examples with a key, for tests."""

from connector.peer_review import rubrics, rules
from connector.peer_review.examples import examples
from connector.peer_review.examples.examples import ExampleForm
from connector.peer_review.models.examples import Use
from tests.make import NOW


def example(session, activity, trainer, *, level=2, body="An example plan.", use=Use.PRACTICE, **more):
    """Add an example that the trainer gives the same level everywhere."""
    rules.hold(session, activity)
    rubric = rubrics.need_rubric(session, activity, now=NOW)
    scored = examples.scored_of(rubric)
    form = ExampleForm(
        use=use,
        body=body,
        levels={each.id: min(level, len(each.levels) - 1) for each in scored},
        whys={each.id: f"Why {each.title}" for each in scored},
        rationale="All in all.",
        **more,
    )
    return examples.set_example(session, activity, trainer, form, now=NOW)


def typed(session, activity, *levels):
    """Return a form that judges an example, criterion by criterion."""
    scored = examples.scored_of(rubrics.find_rubric(session, activity))
    return {f"level-{each.id}": str(level) for each, level in zip(scored, levels, strict=True)}

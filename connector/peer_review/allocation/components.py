"""A problem within groups falls into problems of groups that have nobody in common."""

from dataclasses import replace

from connector.peer_review.allocation.problem import Id, Problem


def components(problem: Problem) -> list[Problem]:
    """Return a problem for each set of groups that share members; who is in no group gets one alone.

    A rule that crosses two of them goes to the reviewer's, with the work, so that it is found to be forbidden there.
    """
    roots: dict[Id, Id] = {}

    def root(key: Id) -> Id:
        while roots.setdefault(key, key) != key:
            key = roots[key]
        return key

    members = [(each.id, each.groups) for each in problem.reviewers]
    for id_, of in members + [(each.id, each.groups) for each in problem.submissions]:
        groups = sorted(of, key=str) or [f"alone {id_}"]
        for group in groups:
            one, other = sorted((root(groups[0]), root(group)), key=str)
            roots[other] = one
    reviewers = {each.id: root(min(each.groups, key=str, default=f"alone {each.id}")) for each in problem.reviewers}
    works = {each.id: root(min(each.groups, key=str, default=f"alone {each.id}")) for each in problem.submissions}
    asked = {(reviewers[who], what) for who, what in problem.must if who in reviewers}
    found = []
    for key in sorted({*reviewers.values(), *works.values()}, key=str):
        mine = {who for who, where in reviewers.items() if where == key}
        here = {what for what, where in works.items() if where == key or (key, what) in asked}
        found.append(
            replace(
                problem,
                reviewers=[each for each in problem.reviewers if each.id in mine],
                submissions=[each for each in problem.submissions if each.id in here],
                must=frozenset(pair for pair in problem.must if pair[0] in mine),
                must_not=frozenset(pair for pair in problem.must_not if pair[0] in mine and pair[1] in here),
            )
        )
    return found

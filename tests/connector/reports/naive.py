"""Every figure once more, in plain Python, from the statements as a store shows them, and from nothing else.

Nothing of `connector.reports` is used: whoever has the store and docs/reports.md can write this.
"""

import itertools
import math
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from statistics import mean, median

KRING = "https://w3id.org/kring/ext/"
WROTE = {"thread.created", "question.asked", "resource.shared", "post.replied", "question.answered"}
LOOKED = {
    "thread.viewed",
    "assignment.opened",
    "review.assigned",
    "question.routed",
    "grade.released",
    "recognition.earned",
}


def at(statement):
    return datetime.fromisoformat(statement["timestamp"]).astimezone(UTC)


def event(statement):
    return statement["context"]["extensions"].get(KRING + "event")


def actor(statement):
    return statement["actor"]["account"]["name"]


def target(statement):
    found = statement["context"]["extensions"].get(KRING + "target")
    return found["account"]["name"] if found else None


def parent(statement):
    return statement["context"]["contextActivities"]["parent"][0]["id"]


def about(statement, name):
    return statement["context"]["extensions"].get(KRING + name)


def is_colleague(statement):
    role = statement["context"]["extensions"].get("https://w3id.org/xapi/lms/extensions/role")
    return role not in {"expert", "trainer", "assistant"}


class Naive:
    """The statements of a course; `since` and `until` are days, `end` a moment; `learners` and `members` are names."""

    def __init__(self, statements, since, until, end, learners, members):
        midnight = datetime(until.year, until.month, until.day, tzinfo=UTC) + timedelta(days=1)
        self.end = min(midnight, end)
        self.learners, self.members = learners, members
        self.all = sorted((each for each in statements if event(each)), key=lambda each: (at(each), each["id"]))
        self.within = [each for each in self.all if since <= at(each).date() <= until]
        self.known = [each for each in self.all if at(each) < self.end]

    def of(self, *events):
        return [each for each in self.within if event(each) in events and at(each) < self.end]

    def ever(self, *events):
        return [each for each in self.known if event(each) in events]

    def participation(self):
        did = {actor(each) for each in self.within if event(each) not in LOOKED} & self.learners
        wrote = Counter(actor(each) for each in self.within if event(each) in WROTE)
        amounts = sorted(wrote[learner] for learner in self.learners)
        total = sum(amounts)
        differences = sum(abs(a - b) for a in amounts for b in amounts)
        return {
            "active_learners": len(did),
            "silent_learners": len(self.learners - did),
            "contributions": sum(wrote.values()),
            "top_share": sum(amounts[-math.ceil(len(amounts) / 10) :]) / total if total else None,
            "gini": differences / (2 * len(amounts) * total) if total else None,
        }

    def gone(self):
        state = {}
        for each in self.ever("post.deleted", "post.removed", "post.approved"):
            last = state.get(each["object"]["id"])
            is_gone = event(each) != "post.approved"
            if last is None or at(each) > last[0] or (at(each) == last[0] and is_gone):
                state[each["object"]["id"]] = (at(each), is_gone)
        return {thing for thing, (_, is_gone) in state.items() if is_gone}

    def discussion(self):
        gone = self.gone()
        threads = [each for each in self.of("thread.created", "resource.shared") if each["object"]["id"] not in gone]
        waits = []
        for thread in threads:
            replies = [
                at(each)
                for each in self.ever("post.replied")
                if parent(each) == thread["object"]["id"] and actor(each) != actor(thread) and at(each) >= at(thread)
            ]
            waits.append((min(replies) - at(thread)).total_seconds() if replies else None)
        known = sorted(each for each in waits if each is not None)
        return {
            "threads": len(threads),
            "unanswered_threads": waits.count(None),
            "first_reply_median": median(known) if known else None,
            "first_reply_p90": known[math.ceil(0.9 * len(known)) - 1] if known else None,
        }

    def questions(self):
        gone = self.gone()
        asked = [each for each in self.of("question.asked") if each["object"]["id"] not in gone]
        closed = {each["object"]["id"] for each in self.ever("question.closed_duplicate")}
        said = {}
        for each in self.ever("question.resolved", "question.reopened"):
            if about(each, "reason") != "reuse":
                thing, is_done = each["object"]["id"], event(each) == "question.resolved"
                last = said.get(thing)
                if last is None or at(each) > last[0] or not is_done:
                    said[thing] = (at(each), is_done)
        closed |= {thing for thing, (_, is_done) in said.items() if is_done} - closed
        duplicates = {each["object"]["id"] for each in self.ever("question.closed_duplicate")}
        firsts, accepts = {}, {}
        for question in asked:
            iri = question["object"]["id"]
            answers = [
                at(each)
                for each in self.ever("question.answered")
                if each["object"]["id"] == iri and actor(each) != actor(question) and at(each) >= at(question)
            ]
            if answers:
                firsts[question["id"]] = (min(answers) - at(question)).total_seconds()
            accepted = [at(each) for each in self.ever("answer.accepted") if parent(each) == iri]
            if accepted and min(accepted) >= at(question):
                accepts[question["id"]] = (min(accepted) - at(question)).total_seconds()
        waiting = [each for each in asked if each["id"] not in firsts and each["object"]["id"] not in closed]
        known = sorted(firsts.values())
        return {
            "questions": len(asked),
            "waiting_day": sum(at(each) < self.end - timedelta(days=1) for each in waiting),
            "waiting_two_days": sum(at(each) < self.end - timedelta(days=2) for each in waiting),
            "first_answer_median": median(known) if known else None,
            "first_answer_p90": known[math.ceil(0.9 * len(known)) - 1] if known else None,
            "acceptance_median": median(accepts.values()) if accepts else None,
            "accepted_share": len(firsts.keys() & accepts.keys()) / len(firsts) if firsts else None,
            "deflected": sum(each["object"]["id"] in duplicates for each in asked)
            + sum(about(each, "reason") == "reuse" for each in self.of("question.resolved")),
        }

    def reviews(self):
        due = {each["object"]["id"]: about(each, "due") for each in self.of("review.assigned")}
        first, last = {}, {}
        for each in self.of("review.submitted"):
            first.setdefault(about(each, "review"), at(each))
            last[about(each, "review")] = each
        late = 0
        for review, date in due.items():
            if date is not None:
                late += first.get(review, self.end) > datetime.fromisoformat(date)
        own = {(each["object"]["id"], actor(each)) for each in self.ever("submission.submitted", "submission.revised")}
        scores = defaultdict(list)
        for each in last.values():
            if (each["object"]["id"], actor(each)) in own or not is_colleague(each):
                continue
            score = each.get("result", {}).get("score", {}).get("scaled")
            if score is not None:
                scores[each["object"]["id"]].append(score)
        distances = [
            abs(one - mean(others[:place] + others[place + 1 :]))
            for others in scores.values()
            if len(others) > 1
            for place, one in enumerate(others)
        ]
        minutes = [
            int(each["result"]["duration"][2:-1]) / 60 for each in last.values() if "duration" in each.get("result", {})
        ]
        words = [
            each["result"]["extensions"][KRING + "word-count"]
            for each in last.values()
            if KRING + "word-count" in each.get("result", {}).get("extensions", {})
        ]
        rated = {each["object"]["id"]: each["result"]["score"]["scaled"] for each in self.of("review.rated")}
        return {
            "reviews_done": sum(review in first for review in due) / len(due) if due else None,
            "reviews_late": late,
            "review_minutes": median(minutes) if minutes else None,
            "review_words": median(words) if words else None,
            "review_distance": mean(distances) if distances else None,
            "review_agreement": self.alpha(scores.values()),
            "usefulness": mean(rated.values()) if rated else None,
        }

    def alpha(self, works):
        """Krippendorff's alpha as he writes it: by the matrix of coincidences."""
        works = [values for values in works if len(values) > 1]
        if len(works) < 5:
            return None
        together, number = Counter(), Counter()
        for values in works:
            for one, other in itertools.permutations(range(len(values)), 2):
                together[values[one], values[other]] += 1 / (len(values) - 1)
        for (one, _), count in together.items():
            number[one] += count
        total = sum(number.values())
        observed = sum(count * (a - b) ** 2 for (a, b), count in together.items()) / total
        expected = sum(number[a] * number[b] * (a - b) ** 2 for a in number for b in number) / (total * (total - 1))
        return 1 - observed / expected if expected else None

    def criteria(self):
        """Agreement by criterion."""
        own = {(each["object"]["id"], actor(each)) for each in self.ever("submission.submitted", "submission.revised")}
        last = {about(each, "review"): each for each in self.of("review.submitted")}
        given = defaultdict(lambda: defaultdict(list))
        for each in last.values():
            if (each["object"]["id"], actor(each)) not in own and is_colleague(each):
                for one in each.get("result", {}).get("extensions", {}).get(KRING + "criteria", []):
                    share = (one["raw"] - one["min"]) / (one["max"] - one["min"])
                    given[one["id"]][each["object"]["id"]].append(share)
        return {criterion: self.alpha(works.values()) for criterion, works in given.items()}

    def network(self):
        helped = [
            each for each in self.within if event(each) in {"post.replied", "question.answered", "review.submitted"}
        ]
        ties = {(actor(each), target(each)) for each in helped if target(each)}
        ties = {(one, other) for one, other in ties if one != other and one in self.members and other in self.members}
        pairs = {frozenset(tie) for tie in ties}
        return {
            "helpers": len({one for one, _ in ties}),
            "reciprocity": sum((b, a) in ties for a, b in map(tuple, map(sorted, pairs)) if (a, b) in ties) / len(pairs)
            if pairs
            else None,
            "isolated": len(self.learners - {one for tie in ties for one in tie}),
        }

"""What people do, in the past tense."""

from xapi.vocabulary import ACROSSX, ACTIVITY_STREAMS, NAMESPACE, PROFILE, TIN_CAN, Verb

POSTED = Verb(
    id="https://w3id.org/xapi/acrossx/verbs/posted",
    display={"en-US": "posted", "da": "skrev", "sv": "publicerade", "nl": "plaatste"},
    definition="The actor published a message for others to read.",
    source=ACROSSX,
)
VIEWED = Verb(
    id="http://id.tincanapi.com/verb/viewed",
    display={"en-US": "viewed", "da": "så", "sv": "visade", "nl": "bekeek"},
    definition="The actor opened the object.",
    source=TIN_CAN,
)
REPLIED = Verb(
    id="http://id.tincanapi.com/verb/replied",
    display={"en-US": "replied", "da": "svarede", "sv": "svarade", "nl": "antwoordde"},
    definition="The actor answered a message with the object.",
    source=TIN_CAN,
)
LIKED = Verb(
    id="http://activitystrea.ms/like",
    display={"en-US": "liked", "da": "syntes godt om", "sv": "gillade", "nl": "vond leuk"},
    definition="The actor reacted to the object.",
    source=ACTIVITY_STREAMS,
)
UNLIKED = Verb(
    id="http://activitystrea.ms/unlike",
    display={
        "en-US": "unliked",
        "da": "syntes ikke længere godt om",
        "sv": "slutade gilla",
        "nl": "vond niet langer leuk",
    },
    definition="The actor took a reaction to the object back.",
    source=ACTIVITY_STREAMS,
)
EDITED = Verb(
    id="https://w3id.org/xapi/acrossx/verbs/edited",
    display={"en-US": "edited", "da": "redigerede", "sv": "redigerade", "nl": "bewerkte"},
    definition="The actor changed the object's content.",
    source=ACROSSX,
)
DELETED = Verb(
    id="http://activitystrea.ms/delete",
    display={"en-US": "deleted", "da": "slettede", "sv": "raderade", "nl": "verwijderde"},
    definition="The actor took the object, which was theirs, away.",
    source=ACTIVITY_STREAMS,
)
PINNED = Verb(
    id=f"{NAMESPACE}verbs/pinned",
    display={"en-US": "pinned", "da": "fastgjorde", "sv": "fäste", "nl": "maakte vast"},
    definition="The actor fixed the object, a topic, above the others of its discussion, so that everybody sees it first.",
    source=PROFILE,
)
REPORTED = Verb(
    id="https://w3id.org/xapi/acrossx/verbs/reported",
    display={"en-US": "reported", "da": "anmeldte", "sv": "anmälde", "nl": "rapporteerde"},
    definition="The actor told the moderators that the object breaks a rule.",
    source=ACROSSX,
)
APPROVED = Verb(
    id="http://activitystrea.ms/approve",
    display={"en-US": "approved", "da": "godkendte", "sv": "godkände", "nl": "keurde goed"},
    definition="The actor, a moderator, let the object stand.",
    source=ACTIVITY_STREAMS,
)
REMOVED = Verb(
    id="http://activitystrea.ms/remove",
    display={"en-US": "removed", "da": "fjernede", "sv": "tog bort", "nl": "haalde weg"},
    definition="The actor, a moderator, took the object from sight.",
    source=ACTIVITY_STREAMS,
)
MENTIONED = Verb(
    id="http://id.tincanapi.com/verb/mentioned",
    display={"en-US": "mentioned", "da": "nævnte", "sv": "nämnde", "nl": "noemde"},
    definition="The actor named a person in the object.",
    source=TIN_CAN,
)
FOLLOWED = Verb(
    id="http://activitystrea.ms/follow",
    display={"en-US": "followed", "da": "fulgte", "sv": "började följa", "nl": "begon te volgen"},
    definition="The actor asked to be told of what is new in the object.",
    source=ACTIVITY_STREAMS,
)
UNFOLLOWED = Verb(
    id="http://activitystrea.ms/stop-following",
    display={
        "en-US": "stopped following",
        "da": "holdt op med at følge",
        "sv": "slutade följa",
        "nl": "stopte met volgen",
    },
    definition="The actor no longer wants to be told of what is new in the object.",
    source=ACTIVITY_STREAMS,
)

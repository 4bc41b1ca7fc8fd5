"""What kinds of things people do it to."""

from xapi.vocabulary import ADL, NAMESPACE, PROFILE, TIN_CAN, ActivityType

COURSE = ActivityType(
    id="http://adlnet.gov/expapi/activities/course",
    name="course",
    definition="A course: an LTI context.",
    source=ADL,
)
PROFILE_ACTIVITY = ActivityType(
    id="http://adlnet.gov/expapi/activities/profile",
    name="profile",
    definition="An xAPI profile.",
    source=ADL,
)
DISCUSSION = ActivityType(
    id="http://id.tincanapi.com/activitytype/discussion",
    name="discussion",
    definition="A place where the members of a course discuss.",
    source=TIN_CAN,
)
FORUM_TOPIC = ActivityType(
    id="http://id.tincanapi.com/activitytype/forum-topic",
    name="topic",
    definition="A thread of a discussion, with its opening post.",
    source=TIN_CAN,
)
FORUM_REPLY = ActivityType(
    id="http://id.tincanapi.com/activitytype/forum-reply",
    name="reply",
    definition="A post in a thread, other than the one that opened it.",
    source=TIN_CAN,
)
TARGET_ROLE = ActivityType(
    id=f"{NAMESPACE}roles/target",
    name="target",
    definition="Relevant type of a context agent: the person that the act was for, such as the author replied to.",
    source=PROFILE,
)

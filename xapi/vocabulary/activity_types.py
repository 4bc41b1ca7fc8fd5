"""What kinds of things people do it to."""

from xapi.vocabulary import NAMESPACE, ActivityType

# --- everywhere -------------------------------------------------------------------------------------------------------
COURSE = ActivityType(
    id="http://adlnet.gov/expapi/activities/course",
    name="course",
    definition="A course: an LTI context.",
)
PROFILE_ACTIVITY = ActivityType(
    id="http://adlnet.gov/expapi/activities/profile",
    name="profile",
    definition="An xAPI profile.",
)
TARGET_ROLE = ActivityType(
    id=f"{NAMESPACE}roles/target",
    name="target",
    definition="Relevant type of a context agent: the person that the act was for, such as the author replied to.",
)

# --- discussion -------------------------------------------------------------------------------------------------------
DISCUSSION = ActivityType(
    id="http://id.tincanapi.com/activitytype/discussion",
    name="discussion",
    definition="A place where the members of a course discuss, or ask experts.",
)
FORUM_TOPIC = ActivityType(
    id="http://id.tincanapi.com/activitytype/forum-topic",
    name="topic",
    definition="A thread of a discussion, with its opening post.",
)
FORUM_REPLY = ActivityType(
    id="http://id.tincanapi.com/activitytype/forum-reply",
    name="reply",
    definition="A post in a thread, other than the one that opened it.",
)

# --- peer review ------------------------------------------------------------------------------------------------------
ASSIGNMENT = ActivityType(
    id="http://id.tincanapi.com/activitytype/school-assignment",
    name="assignment",
    definition="A task whose submissions the members of a course review for each other.",
)
SUBMISSION = ActivityType(
    id="http://id.tincanapi.com/activitytype/essay",
    name="submission",
    definition="What a person or a group wrote for an assignment.",
)
REVIEW = ActivityType(
    id="http://activitystrea.ms/review",
    name="review",
    definition="What one person wrote about a submission, by the assignment's criteria.",
)

# --- expert Q&A -------------------------------------------------------------------------------------------------------
QUESTION = ActivityType(
    id="http://adlnet.gov/expapi/activities/question",
    name="question",
    definition="A question that a member of a course asked the others, or an expert.",
)
ANSWER = ActivityType(
    id="http://id.tincanapi.com/activitytype/solution",
    name="answer",
    definition="An answer to such a question.",
)

# --- community --------------------------------------------------------------------------------------------------------
COLLECTION = ActivityType(
    id="http://id.tincanapi.com/activitytype/collection-simple",
    name="collection",
    definition="A course's or a group's collection of resources.",
)
RESOURCE = ActivityType(
    id="http://id.tincanapi.com/activitytype/resource",
    name="resource",
    definition="Something useful that somebody put into a collection: a link, a file, or a post worth keeping.",
)
NOTE = ActivityType(
    id="https://w3id.org/xapi/acrossx/activities/note",
    name="note",
    definition="What somebody wrote for themselves.",
)
GROUP = ActivityType(
    id="http://activitystrea.ms/group",
    name="group",
    definition="A group of a course's members.",
)
MENTORSHIP = ActivityType(
    id=f"{NAMESPACE}activity-types/mentorship",
    name="mentorship",
    definition="A mentor and a mentee, for as long as they meet.",
    broad_match=(GROUP.id,),
)
SESSION = ActivityType(
    id="http://id.tincanapi.com/activitytype/tutor-session",
    name="session",
    definition="A meeting of a mentor and a mentee.",
)
BADGE = ActivityType(
    id="http://activitystrea.ms/badge",
    name="badge",
    definition="A sign of thanks or of merit that members give each other, or that the course gives.",
)

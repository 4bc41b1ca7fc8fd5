"""What people do, in the past tense."""

from xapi.vocabulary import NAMESPACE, Verb

# --- discussion -------------------------------------------------------------------------------------------------------
POSTED = Verb(
    id="https://w3id.org/xapi/acrossx/verbs/posted",
    display={"en-US": "posted", "da": "skrev", "sv": "publicerade", "nl": "plaatste"},
    definition="The actor published a message for others to read.",
)
VIEWED = Verb(
    id="http://id.tincanapi.com/verb/viewed",
    display={"en-US": "viewed", "da": "så", "sv": "tittade på", "nl": "bekeek"},
    definition="The actor opened the object.",
)
REPLIED = Verb(
    id="http://id.tincanapi.com/verb/replied",
    display={"en-US": "replied", "da": "svarede", "sv": "svarade", "nl": "antwoordde"},
    definition="The actor answered a message with the object.",
)
LIKED = Verb(
    id="http://activitystrea.ms/like",
    display={"en-US": "liked", "da": "syntes godt om", "sv": "gillade", "nl": "vond leuk"},
    definition="The actor reacted to the object.",
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
)
EDITED = Verb(
    id="https://w3id.org/xapi/acrossx/verbs/edited",
    display={"en-US": "edited", "da": "redigerede", "sv": "redigerade", "nl": "bewerkte"},
    definition="The actor changed the object's content.",
)
DELETED = Verb(
    id="http://activitystrea.ms/delete",
    display={"en-US": "deleted", "da": "slettede", "sv": "raderade", "nl": "verwijderde"},
    definition="The actor took the object, which was theirs, away.",
)
PINNED = Verb(
    id=f"{NAMESPACE}verbs/pinned",
    display={"en-US": "pinned", "da": "fastgjorde", "sv": "fäste", "nl": "maakte vast"},
    definition="The actor fixed the object, a topic, above the others of its discussion, so that everybody sees it first.",
)
REPORTED = Verb(
    id="https://w3id.org/xapi/acrossx/verbs/reported",
    display={"en-US": "reported", "da": "anmeldte", "sv": "anmälde", "nl": "rapporteerde"},
    definition="The actor told the moderators that the object breaks a rule.",
)
APPROVED = Verb(
    id="http://activitystrea.ms/approve",
    display={"en-US": "approved", "da": "godkendte", "sv": "godkände", "nl": "keurde goed"},
    definition="The actor, who leads the course, let the object stand: a post, or work that was handed in late.",
)
REMOVED = Verb(
    id="http://activitystrea.ms/remove",
    display={"en-US": "removed", "da": "fjernede", "sv": "tog bort", "nl": "haalde weg"},
    definition="The actor, a moderator, took the object from sight.",
)
MENTIONED = Verb(
    id="http://id.tincanapi.com/verb/mentioned",
    display={"en-US": "mentioned", "da": "nævnte", "sv": "nämnde", "nl": "noemde"},
    definition="The actor named a person in the object.",
)
FOLLOWED = Verb(
    id="http://activitystrea.ms/follow",
    display={"en-US": "followed", "da": "fulgte", "sv": "började följa", "nl": "begon te volgen"},
    definition="The actor asked to be told of what is new in the object.",
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
)
UNPINNED = Verb(
    id=f"{NAMESPACE}verbs/unpinned",
    display={"en-US": "unpinned", "da": "løsnede", "sv": "lossade", "nl": "maakte los"},
    definition="The actor put the object, a pinned topic, back among the others of its discussion.",
)

# --- peer review ------------------------------------------------------------------------------------------------------
OPENED = Verb(
    id="http://activitystrea.ms/open",
    display={"en-US": "opened", "da": "åbnede", "sv": "öppnade", "nl": "opende"},
    definition="The actor opened the object: an assignment for the first time, or a question again.",
)
SAVED = Verb(
    id="http://activitystrea.ms/save",
    display={"en-US": "saved", "da": "gemte", "sv": "sparade", "nl": "bewaarde"},
    definition="The actor kept the object, a draft, for themselves.",
)
SUBMITTED = Verb(
    id="http://activitystrea.ms/submit",
    display={"en-US": "submitted", "da": "afleverede", "sv": "lämnade in", "nl": "leverde in"},
    definition="The actor handed the object in.",
)
RETRACTED = Verb(
    id="http://activitystrea.ms/retract",
    display={"en-US": "retracted", "da": "trak tilbage", "sv": "drog tillbaka", "nl": "trok in"},
    definition="The actor took back the object, which they had handed in.",
)
WAS_ASSIGNED = Verb(
    id="https://w3id.org/xapi/acrossx/verbs/was-assigned",
    display={"en-US": "was assigned", "da": "fik tildelt", "sv": "tilldelades", "nl": "kreeg toegewezen"},
    definition="The actor was given the object to do.",
)
INITIALIZED = Verb(
    id="http://adlnet.gov/expapi/verbs/initialized",
    display={"en-US": "initialized", "da": "gik i gang med", "sv": "påbörjade", "nl": "begon aan"},
    definition="The actor began the object.",
)
REVIEWED = Verb(
    id="http://id.tincanapi.com/verb/reviewed",
    display={"en-US": "reviewed", "da": "bedømte", "sv": "granskade", "nl": "beoordeelde"},
    definition="The actor judged the object, another person's submission.",
)
EVALUATED = Verb(
    id="https://w3id.org/xapi/acrossx/verbs/evaluated",
    display={"en-US": "evaluated", "da": "evaluerede", "sv": "utvärderade", "nl": "evalueerde"},
    definition="The actor judged the object for practice.",
)
RATED = Verb(
    id="http://id.tincanapi.com/verb/rated",
    display={"en-US": "rated", "da": "vurderede", "sv": "betygsatte", "nl": "waardeerde"},
    definition="The actor said how helpful the object was.",
)
COMMENTED = Verb(
    id="http://adlnet.gov/expapi/verbs/commented",
    display={"en-US": "commented", "da": "kommenterede", "sv": "kommenterade", "nl": "gaf commentaar"},
    definition="The actor wrote something about the object.",
)
REQUESTED_ATTENTION = Verb(
    id="http://id.tincanapi.com/verb/requested-attention",
    display={
        "en-US": "requested attention",
        "da": "bad om opmærksomhed",
        "sv": "bad om uppmärksamhet",
        "nl": "vroeg om aandacht",
    },
    definition="The actor asked somebody who leads the course to look at the object.",
)
SCORED = Verb(
    id="http://adlnet.gov/expapi/verbs/scored",
    display={"en-US": "scored", "da": "fik point for", "sv": "fick poäng för", "nl": "kreeg punten voor"},
    definition="The actor was told the score of the object, which is theirs.",
)

# --- expert Q&A -------------------------------------------------------------------------------------------------------
ASKED = Verb(
    id="http://adlnet.gov/expapi/verbs/asked",
    display={"en-US": "asked", "da": "spurgte", "sv": "frågade", "nl": "vroeg"},
    definition="The actor asked the object, a question.",
)
TAGGED = Verb(
    id="http://activitystrea.ms/tag",
    display={"en-US": "tagged", "da": "taggede", "sv": "taggade", "nl": "tagde"},
    definition="The actor put the object under one or more topics.",
)
ACCEPTED = Verb(
    id="http://activitystrea.ms/accept",
    display={"en-US": "accepted", "da": "accepterede", "sv": "accepterade", "nl": "accepteerde"},
    definition="The actor took on the object, a question, or took the object, an answer, for the one that helped.",
)
DENIED = Verb(
    id="http://activitystrea.ms/deny",
    display={"en-US": "declined", "da": "afslog", "sv": "tackade nej till", "nl": "wees af"},
    definition="The actor said no to the object: a question that they were asked to answer, or work that was handed in late.",
)
ANSWERED = Verb(
    id="http://adlnet.gov/expapi/verbs/answered",
    display={"en-US": "answered", "da": "besvarede", "sv": "besvarade", "nl": "beantwoordde"},
    definition="The actor answered the object, a question.",
)
VOTED_UP = Verb(
    id="http://id.tincanapi.com/verb/voted-up",
    display={"en-US": "voted up", "da": "stemte op", "sv": "röstade upp", "nl": "stemde omhoog"},
    definition="The actor found the object helpful.",
)
VOTED_DOWN = Verb(
    id="http://id.tincanapi.com/verb/voted-down",
    display={"en-US": "voted down", "da": "stemte ned", "sv": "röstade ner", "nl": "stemde omlaag"},
    definition="The actor did not find the object helpful.",
)
CANCELLED_VOTE = Verb(
    id=f"{NAMESPACE}verbs/cancelled-vote",
    display={
        "en-US": "took back a vote",
        "da": "trak en stemme tilbage",
        "sv": "tog tillbaka en röst",
        "nl": "trok een stem in",
    },
    definition="The actor took back their vote on the object, up or down, and has none there now.",
)
CONFIRMED = Verb(
    id="http://activitystrea.ms/confirm",
    display={"en-US": "confirmed", "da": "bekræftede", "sv": "bekräftade", "nl": "bevestigde"},
    definition="The actor, an expert, agreed with the object.",
)
RESOLVED = Verb(
    id="http://activitystrea.ms/resolve",
    display={"en-US": "resolved", "da": "løste", "sv": "löste", "nl": "loste op"},
    definition="The actor has an answer to the object, and needs no other.",
)
CLOSED = Verb(
    id="http://activitystrea.ms/close",
    display={"en-US": "closed", "da": "lukkede", "sv": "stängde", "nl": "sloot"},
    definition="The actor ended the object.",
)

# --- community --------------------------------------------------------------------------------------------------------
SHARED = Verb(
    id="http://adlnet.gov/expapi/verbs/shared",
    display={"en-US": "shared", "da": "delte", "sv": "delade", "nl": "deelde"},
    definition="The actor gave others the object to use.",
)
BOOKMARKED = Verb(
    id="http://id.tincanapi.com/verb/bookmarked",
    display={"en-US": "bookmarked", "da": "bogmærkede", "sv": "bokmärkte", "nl": "maakte een bladwijzer van"},
    definition="The actor kept a reference to the object, to find it again.",
)
ADDED = Verb(
    id="http://activitystrea.ms/add",
    display={"en-US": "added", "da": "tilføjede", "sv": "lade till", "nl": "voegde toe"},
    definition="The actor, who curates a collection, took the object into it.",
)
PROMOTED = Verb(
    id="http://id.tincanapi.com/verb/promoted",
    display={"en-US": "promoted", "da": "fremhævede", "sv": "lyfte fram", "nl": "bracht onder de aandacht"},
    definition="The actor made the object easier to find than others.",
)
EXPERIENCED = Verb(
    id="http://adlnet.gov/expapi/verbs/experienced",
    display={"en-US": "experienced", "da": "oplevede", "sv": "upplevde", "nl": "ervoer"},
    definition="The actor spent some time with the object.",
)
JOINED = Verb(
    id="http://activitystrea.ms/join",
    display={"en-US": "joined", "da": "sluttede sig til", "sv": "gick med i", "nl": "werd lid van"},
    definition="The actor became a member of the object.",
)
LEFT = Verb(
    id="http://activitystrea.ms/leave",
    display={"en-US": "left", "da": "forlod", "sv": "lämnade", "nl": "verliet"},
    definition="The actor is no member of the object any more.",
)
REQUESTED = Verb(
    id="http://activitystrea.ms/request",
    display={"en-US": "requested", "da": "bad om", "sv": "bad om", "nl": "vroeg om"},
    definition="The actor asked for the object.",
)
MENTORED = Verb(
    id="http://id.tincanapi.com/verb/mentored",
    display={"en-US": "mentored", "da": "vejledte", "sv": "handledde", "nl": "begeleidde"},
    definition="The actor, a mentor, held the object, a meeting.",
)
ATTENDED = Verb(
    id="http://adlnet.gov/expapi/verbs/attended",
    display={"en-US": "attended", "da": "deltog i", "sv": "deltog i", "nl": "nam deel aan"},
    definition="The actor was present at the object.",
)
GAVE = Verb(
    id="http://activitystrea.ms/give",
    display={"en-US": "gave", "da": "gav", "sv": "gav", "nl": "gaf"},
    definition="The actor gave the object to the target.",
)
EARNED = Verb(
    id="http://id.tincanapi.com/verb/earned",
    display={"en-US": "earned", "da": "opnåede", "sv": "fick", "nl": "verdiende"},
    definition="The actor was awarded the object.",
)

# --- taking part ------------------------------------------------------------------------------------------------------
COMPLETED = Verb(
    id="http://adlnet.gov/expapi/verbs/completed",
    display={"en-US": "completed", "da": "gennemførte", "sv": "slutförde", "nl": "voltooide"},
    definition="The actor did all that the object asks for.",
)

"""Names that LTI gives to claims, messages, scopes, media types and roles: one table, no logic.

Source: https://www.imsglobal.org/spec/lti/v1p3, 5.3, 5.4 and Appendix A; https://www.imsglobal.org/spec/lti-dl/v2p0;
https://www.imsglobal.org/spec/lti-ags/v2p0; https://www.imsglobal.org/spec/lti-nrps/v2p0;
https://www.imsglobal.org/spec/lti-sr/v1p0; https://www.imsglobal.org/spec/lti-dr/v1p0; https://www.imsglobal.org/spec/lti-gs/v1p0;
https://www.imsglobal.org/spec/lti-pns/v1p0.
"""

from typing import Final

LTI_VERSION: Final = "1.3.0"
"""The only value that the version claim may have."""

# --- claims of every message: core specification, 5.3 and 5.4 -----------------------------------------------------------
_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"

MESSAGE_TYPE: Final = _CLAIM + "message_type"
VERSION: Final = _CLAIM + "version"
DEPLOYMENT_ID: Final = _CLAIM + "deployment_id"
TARGET_LINK_URI: Final = _CLAIM + "target_link_uri"
RESOURCE_LINK: Final = _CLAIM + "resource_link"
ROLES: Final = _CLAIM + "roles"
CONTEXT: Final = _CLAIM + "context"
TOOL_PLATFORM: Final = _CLAIM + "tool_platform"
LAUNCH_PRESENTATION: Final = _CLAIM + "launch_presentation"
CUSTOM: Final = _CLAIM + "custom"
LIS: Final = _CLAIM + "lis"
ROLE_SCOPE_MENTOR: Final = _CLAIM + "role_scope_mentor"
FOR_USER: Final = _CLAIM + "for_user"
"""Whose work is reviewed, or whose data a privacy launch is about."""
EXT: Final = _CLAIM + "ext"
"""Moodle's own; `user_username` in it is the login name."""

# --- claims of the services ---------------------------------------------------------------------------------------------
AGS_ENDPOINT: Final = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS_SERVICE: Final = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GROUPS_SERVICE: Final = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
NOTIFICATION_SERVICE: Final = _CLAIM + "platformnotificationservice"

# --- claims of notices ---------------------------------------------------------------------------------------------------
NOTICE: Final = _CLAIM + "notice"
ORIGIN_CONTEXTS: Final = _CLAIM + "origin_contexts"
"""The courses that a copied course was made from."""

# --- claims of deep linking ---------------------------------------------------------------------------------------------
_DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"

DEEP_LINKING_SETTINGS: Final = _DEEP_LINKING + "deep_linking_settings"
DEEP_LINKING_DATA: Final = _DEEP_LINKING + "data"
DEEP_LINKING_CONTENT_ITEMS: Final = _DEEP_LINKING + "content_items"
DEEP_LINKING_MESSAGE: Final = _DEEP_LINKING + "msg"
DEEP_LINKING_LOG: Final = _DEEP_LINKING + "log"
DEEP_LINKING_ERROR_MESSAGE: Final = _DEEP_LINKING + "errormsg"
DEEP_LINKING_ERROR_LOG: Final = _DEEP_LINKING + "errorlog"

# --- message types ------------------------------------------------------------------------------------------------------
RESOURCE_LINK_REQUEST: Final = "LtiResourceLinkRequest"
DEEP_LINKING_REQUEST: Final = "LtiDeepLinkingRequest"
DEEP_LINKING_RESPONSE: Final = "LtiDeepLinkingResponse"
SUBMISSION_REVIEW_REQUEST: Final = "LtiSubmissionReviewRequest"
DATA_PRIVACY_REQUEST: Final = "DataPrivacyLaunchRequest"

# --- notice types -------------------------------------------------------------------------------------------------------
HELLO_WORLD_NOTICE: Final = "LtiHelloWorldNotice"
CONTEXT_COPY_NOTICE: Final = "LtiContextCopyNotice"

# --- scopes of the services ---------------------------------------------------------------------------------------------
SCOPE_LINE_ITEM: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
SCOPE_LINE_ITEM_READONLY: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
SCOPE_RESULT_READONLY: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCOPE_SCORE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
SCOPE_MEMBERSHIP_READONLY: Final = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
SCOPE_GROUP_READONLY: Final = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
SCOPE_NOTICE_HANDLERS: Final = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"

# --- media types of the services ----------------------------------------------------------------------------------------
MEDIA_LINE_ITEM: Final = "application/vnd.ims.lis.v2.lineitem+json"
MEDIA_LINE_ITEM_CONTAINER: Final = "application/vnd.ims.lis.v2.lineitemcontainer+json"
MEDIA_RESULT_CONTAINER: Final = "application/vnd.ims.lis.v2.resultcontainer+json"
MEDIA_SCORE: Final = "application/vnd.ims.lis.v1.score+json"
MEDIA_MEMBERSHIP_CONTAINER: Final = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
MEDIA_GROUP_CONTAINER: Final = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
MEDIA_GROUP_SET_CONTAINER: Final = "application/vnd.ims.lti-gs.v1.contextgroupsetcontainer+json"
MEDIA_JSON: Final = "application/json"

# --- configuration documents of dynamic registration --------------------------------------------------------------------
PLATFORM_CONFIGURATION: Final = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL_CONFIGURATION: Final = "https://purl.imsglobal.org/spec/lti-tool-configuration"

# --- kinds of context: core specification, Appendix A.1 -----------------------------------------------------------------
CONTEXT_COURSE_TEMPLATE: Final = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseTemplate"
CONTEXT_COURSE_OFFERING: Final = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"
CONTEXT_COURSE_SECTION: Final = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"
CONTEXT_GROUP: Final = "http://purl.imsglobal.org/vocab/lis/v2/course#Group"

# --- roles: core specification, Appendix A ------------------------------------------------------------------------------
MEMBERSHIP: Final = "http://purl.imsglobal.org/vocab/lis/v2/membership"
"""What a role in a course starts with: `#Instructor`, or `/Instructor#TeachingAssistant` for a sub-role."""
INSTITUTION_PERSON: Final = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
SYSTEM_PERSON: Final = "http://purl.imsglobal.org/vocab/lis/v2/system/person"
PERSON: Final = "http://purl.imsglobal.org/vocab/lis/v2/person"
"""Moodle's odd stem for its administrators: neither `system/` nor `institution/`."""

ROLE_LEARNER: Final = MEMBERSHIP + "#Learner"
ROLE_INSTRUCTOR: Final = MEMBERSHIP + "#Instructor"
ROLE_CONTENT_DEVELOPER: Final = MEMBERSHIP + "#ContentDeveloper"
ROLE_MENTOR: Final = MEMBERSHIP + "#Mentor"
ROLE_MANAGER: Final = MEMBERSHIP + "#Manager"
ROLE_CONTEXT_ADMINISTRATOR: Final = MEMBERSHIP + "#Administrator"
ROLE_TEACHING_ASSISTANT: Final = MEMBERSHIP + "/Instructor#TeachingAssistant"
ROLE_INSTITUTION_ADMINISTRATOR: Final = INSTITUTION_PERSON + "#Administrator"
ROLE_INSTITUTION_STUDENT: Final = INSTITUTION_PERSON + "#Student"
ROLE_SYSTEM_ADMINISTRATOR: Final = SYSTEM_PERSON + "#Administrator"
ROLE_TEST_USER: Final = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
"""A make-believe user, such as the one of Canvas's Student View."""

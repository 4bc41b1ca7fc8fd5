"""How a trainer makes an activity: templates, a first look at it as a learner, checks, publishing, and its settings."""

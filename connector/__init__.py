"""Kring's Flask application: joins `lti` and `xapi`, and holds the social activities."""

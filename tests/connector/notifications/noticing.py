"""A member at the pages about notices."""

SECRET = "0123456789abcdef0123456789abcdef"
"""What links in mails are signed with."""


class Notices:
    """A member's visit, at the pages about notices."""

    def __init__(self, visit):
        self.visit = visit

    @property
    def path(self):
        return f"/s/{self.visit.sid}/notices"

    def get(self, path="", **more):
        return self.visit.client.get(self.path + path, **more)

    def post(self, path, **form):
        if not self.visit.token:
            self.visit.get()
        return self.visit.client.post(self.path + path, data={"csrf_token": self.visit.token, **form})

"""Groups: made here or by the LMS, what they mean for an activity, and how people come into them.

What other features ask of this one stands in `access`: whose groups somebody is in, which groups' things they see, and
where they may write.

**Nothing is lost when people change groups.** A group decides who may read what was written for it, never who wrote it:

- Nothing here deletes what was written, or moves it. A group that is dissolved stays as a row, inactive; so does one
  that the LMS has no more. What refers to it by its id goes on doing so.
- A thread's author always sees it whole, in whichever group they are now, also where they are in none; who wrote a post
  in somebody else's thread always finds that post, below what the thread began with, and nothing else that was answered. Features that keep things of groups add `author` to what
  `access.visible_to` says, and never put `access` in the place of it.
- To add to a thread takes `access.find_writable`: who has left a group reads on what is theirs, and adds nothing.
- Who leads the course sees all groups, the dissolved ones as well, and can move a thread to another group or to everybody.
- What is for everybody (no group) is seen by everybody, and answered by everybody who may write.
"""

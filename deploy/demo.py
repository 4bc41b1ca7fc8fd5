"""The demo: tool, sandbox LMS, LRS and worker in one terminal, with people and a course to try.

Run it by `make demo`; it keeps everything in one folder, and a second start goes on with what is there.
"""

import argparse
import signal
import sys
import threading
from pathlib import Path

from connector.delivery.embedded import USERNAME
from deploy.servers import Demo, DemoError
from deploy.story import tell


def main() -> int:
    """Run until Ctrl-C."""
    parser = argparse.ArgumentParser(description="Start the tool, a sandbox LMS, an LRS and the worker.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, default=Path(".demo"))
    given = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    demo = Demo(given.port, given.data.absolute())
    try:
        with demo:
            told = demo.data / "story-told"
            if not told.exists():
                print("The people of the course write to each other …", flush=True)
                tell(demo)
                told.touch()
            print(_welcome(demo), flush=True)
            while not stop.wait(0.5):
                demo.check()
            print("\nStopping.", flush=True)
    except DemoError as error:
        print(f"kring demo: {error}", file=sys.stderr)
        return 1
    return 0


def _welcome(demo: Demo) -> str:
    return f"""
Kring runs. Open it

  as a learner             {demo.enter_as("amelia")}
  as a trainer             {demo.enter_as("ingrid")}
  as an observer           {demo.enter_as("karel")}
  as LMS administrator     {demo.enter_as("lotte", "/admin/tools")}
{_guest(demo)}
All mail goes to one mailbox, of which this is the page: {demo.mailbox.page_url}
The LRS is at {demo.lrs_url}/xAPI/ (user {USERNAME}, password in {demo.data / "lrs-password"}).
Ctrl-C stops everything and keeps the data; `make demo-reset` forgets it.
"""


def _guest(demo: Demo) -> str:
    link = demo.guest_link
    return f"  as an expert from outside  {link}\n" if link else ""


if __name__ == "__main__":
    sys.exit(main())

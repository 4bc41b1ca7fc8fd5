"""Write a migration from what the models say: `make migration M="Add moods."`."""

import sys
import tempfile
from pathlib import Path

from alembic import command

from connector.migrations import alembic_config, upgrade

with tempfile.TemporaryDirectory() as folder:
    url = f"sqlite:///{Path(folder) / 'now.sqlite'}"
    upgrade(url)
    command.revision(alembic_config(url), message=sys.argv[1], autogenerate=True)

"""The groups of commands that `connector.cli` puts together."""

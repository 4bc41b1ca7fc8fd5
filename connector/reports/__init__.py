"""Reports: statements read back from learning record stores, flattened into facts, and the figures made of them."""

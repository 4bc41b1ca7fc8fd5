"""What the reviews of a piece of work say together, and how sure that is; without a web, a database or a clock."""

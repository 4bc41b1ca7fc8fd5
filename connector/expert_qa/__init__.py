"""Ask experts: questions that find their way to somebody who knows, and answers that others find again."""

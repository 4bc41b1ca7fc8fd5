"""Search: one function over what people wrote, on either engine."""

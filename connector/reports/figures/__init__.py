"""The figures of each report: from facts by SQL, and the words for what they mean elsewhere."""

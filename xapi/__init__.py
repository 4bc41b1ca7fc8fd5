"""xAPI for a producer: vocabulary, statements, profile, strict schema, LRS client, and a small LRS."""

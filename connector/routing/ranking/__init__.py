"""Who is likely to answer a question, and why: knows neither the web nor the database."""

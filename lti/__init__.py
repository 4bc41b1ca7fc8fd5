"""LTI 1.3 Advantage for a tool: knows neither Flask nor SQL; callers bring storage, clock and HTTP session."""

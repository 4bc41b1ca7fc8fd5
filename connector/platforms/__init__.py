"""The LMSs that launch Kring: tenants, registrations, deployments, and the tool's own keys."""

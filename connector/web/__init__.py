"""What every page needs: errors, requests, security headers, launch sessions, languages."""

"""What is handed out: packages, lists of what they are made of, the audit, and the rehearsal of a release."""

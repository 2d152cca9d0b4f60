"""What Keyturn knows about access keys, in IAM's and Secrets Manager's own words; standard library only."""

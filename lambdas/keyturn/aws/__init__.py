"""The doors to AWS: one per service, speaking the domain's words; nothing outside this package imports boto3."""

"""One AWS account in memory, exact where a key could be lost: IAM, Secrets Manager, STS and the signals around them."""

"""The demo: a small company's IAM users live with Keyturn for some months, and somebody watches every day."""

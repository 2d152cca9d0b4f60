"""The tests: unit and protocol on an in-memory AWS, infra on the template, e2e in the sandbox."""

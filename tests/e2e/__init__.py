"""End-to-end tests: the real stack in the sandbox, and the emulator that the sandbox stands on."""

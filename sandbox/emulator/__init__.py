"""The local AWS: ministack with the mends that a rotator of access keys needs, one module for each mended thing.

It runs under `.venv-sandbox`'s Python; nothing outside this package is imported by it, and nothing in it by the driver.
"""

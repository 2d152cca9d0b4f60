"""What is handed out: the wheel and the sdist, what they and the function are made of, and a rehearsal of a release.

changelog    the sections of CHANGELOG.md
readiness    why there is no release now
packages     the wheel and the sdist, from a commit, the same bytes every time
installing   the wheel in an empty environment
parts, sbom  what ships, and what it is made of, in CycloneDX
git          what git says of the checkout
__main__     the rehearsal: everything but the tag and the upload
"""

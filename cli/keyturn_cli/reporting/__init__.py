"""The report: one document of evidence, as a page for people and as data for programs.

evidence        what is known of users, keys, deeds and holds (nouns)
inventory       the users and their keys, from IAM itself
visits          which accounts of an organization are read, and by which role
deployed        gathers the evidence of a deployed stack
periods         which stage each key was in, from when to when (pure)
controls        who passes and fails which control, by a versioned map (pure)
verdict         the headline (pure)
document        the evidence as one JSON document; all else is made of it
foreseen        the same kinds of parts, of a forecast
charts, page    the document as one HTML file
findings        the document as Security Hub findings; security_hub imports them
"""

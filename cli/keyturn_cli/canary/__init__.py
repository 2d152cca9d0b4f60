"""The canary: a throwaway user whose key is rotated for a trial, and removed whatever happens.

user       makes it, and removes it with all that belongs to it
trial      forces the rotation and looks at what came of it
"""

"""The sync state database (PostgreSQL): observations, links, claims, runs, changes, cursors, tokens.

Everything that Zoho was seen to hold is an *observation*; what both sides held when they were last in step
is the *base* of a *link*. Work is derived from the difference of the two, so a run that dies loses nothing:
the difference is still there for the next one.
"""

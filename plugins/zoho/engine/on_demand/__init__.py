"""What people ask for between the regular runs: search, fetch one record, import it, refresh many, try again.

Whatever is brought in step takes the road of every run, from pairing to the history, limited to the records that were
asked for; cursors stay where they are, so the next regular run misses nothing.
"""

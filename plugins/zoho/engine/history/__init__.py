"""The sync history as people read it: runs, what each changed field by field, what failed, and how it went lately.

Everything here is plain data, a page at a time, for the web page, the command line and programs alike (OPS-4).
"""

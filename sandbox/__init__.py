"""A local Zoho: OAuth, CRM and Books over real HTTP, with data kept in memory and in one file.

Start it with ``python -m sandbox``. It serves Zoho's own paths and enforces Zoho's rules, so that the product,
its tests and its benchmarks talk to it as they would to Zoho. Whatever Zoho has no path for (the clock, faults,
loading data, the log of calls) is under ``/_sandbox/``. It never imports the product.
"""

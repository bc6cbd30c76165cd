"""Estimates and invoices made of deals (TRG): scan, decide, apply.

The same course as that of the modules: what the sales side holds is stored as observations, what is to be done is
derived from them, shown in the history, and carried out so that it may die anywhere.
"""

"""The engine: scan, pair, plan, apply. Each step reads what the one before it left and can be repeated.

::

    begin → scan (both sides) → pair → plan → apply → close
"""

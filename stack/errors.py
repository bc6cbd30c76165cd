"""What goes wrong in a stack."""


class StackError(Exception):
    """Something the stack needs is missing or went wrong; its text tells the user what and what to do."""

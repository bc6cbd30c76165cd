"""What must be right before anything is written (CON-4): pure functions over what both organizations tell."""

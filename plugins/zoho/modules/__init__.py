"""What differs between the kinds of business records."""

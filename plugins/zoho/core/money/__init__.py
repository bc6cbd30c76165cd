"""What transactions come to, exactly: in Books, in the CRM, and from the one to the other (TXN-6)."""

"""The accounting side: Zoho Books v3."""

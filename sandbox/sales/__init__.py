"""The sales side: Zoho CRM, and Bigin, which runs on the same engine with fewer modules."""

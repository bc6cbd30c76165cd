"""Zoho's own CRM SDK as a client of the sandbox. Its state is global: each scenario has a process of its own."""

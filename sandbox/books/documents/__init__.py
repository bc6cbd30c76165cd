"""Estimates, sales orders, invoices and purchase orders: one engine, four thin kinds (zoho-api 3.4 to 3.6)."""

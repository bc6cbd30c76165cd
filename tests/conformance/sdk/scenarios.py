"""What the official SDK is put through; each scenario is the module of its name beside this one."""

SCENARIOS = {
    "records": "creates, lists, gets, updates, upserts and deletes records, one by one and in batches",
    "refusals": "is told what is wrong with a record, record by record",
    "searching": "searches, counts and queries (COQL) records",
    "deleted": "lists deleted records, all and since a time",
    "related": "lists the records below another one, whole and since a time",
    "bulk_read": "starts a bulk read, waits for it and unpacks its CSV",
    "bulk_write": "uploads a ZIP, starts a bulk write, waits for it and reads what became of each row",
    "watching": "subscribes to writes, lists, changes and renews a channel, and unsubscribes",
    "settings": "reads modules, fields, layouts, views, pipelines, users, the organization, its currencies and taxes",
    "first_login": "logs in from nothing and finds out by itself who it is and which fields every module has",
}
"""What the SDK does, by scenario."""

"""What is known of sales-side fields without asking Zoho (zoho-api 2.15): the system's own, which nobody can write.

Fields differ from one organization to the next; the rest is checked against the live metadata (CON-4).
"""

READ_ONLY = frozenset(
    {
        "id",
        "Full_Name",
        "Created_By",
        "Created_Time",
        "Modified_By",
        "Modified_Time",
        "Last_Activity_Time",
        "Lead_Conversion_Time",
        "Unsubscribed_Mode",
        "Unsubscribed_Time",
        "Locked__s",
        "Record_Image",
        "Tag",
    }
)
"""API names of fields that the system fills, whatever the module."""

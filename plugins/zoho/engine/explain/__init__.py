"""Why a record is as it is: what both sides hold, who set it, and why it is not in step. It asks nobody (BEY-9)."""

"""What the engine's own words are called on the page; each is translated where it is shown."""

from collections.abc import Mapping

from zoho.web.languages import marked

RUN_STATES: Mapping[str, str] = {
    "running": marked("Running"),
    "success": marked("Success"),
    "partial": marked("Failed in part"),
    "failed": marked("Stopped"),
    "interrupted": marked("Interrupted"),
    "held": marked("Held back"),
    "skipped": marked("Skipped"),
}
INTEGRATION_STATES: Mapping[str, str] = {
    "enabled": marked("Enabled"),
    "paused": marked("Paused"),
    "disabled": marked("Disabled"),
    "removed": marked("Removed"),
    "broken": marked("Settings broken"),
}
CAUSES: Mapping[str, str] = {
    "schedule": marked("the schedule"),
    "person": marked("a person"),
    "backfill": marked("a backfill"),
    "event": marked("an event at Zoho"),
    "command": marked("the command line"),
    "other": marked("other"),
}
CHANGE_STATES: Mapping[str, str] = {
    "planned": marked("Planned"),
    "started": marked("Not finished"),
    "done": marked("Done"),
    "failed": marked("Failed"),
    "superseded": marked("Planned again"),
    "left_out": marked("Left out: changed since"),
}
ACTIONS: Mapping[str, str] = {
    "create": marked("Create"),
    "update": marked("Update"),
    "link": marked("Link"),
    "drift": marked("Leave alone"),
    "skip": marked("Skip"),
    "hold": marked("Hold for review"),
    "reject": marked("Reject"),
    "retire": marked("Unlink"),
    "restore": marked("Restore"),
}
MODULES: Mapping[str, str] = {
    "customers": marked("Customers"),
    "vendors": marked("Vendors"),
    "products": marked("Products"),
    "estimates": marked("Estimates"),
    "sales_orders": marked("Sales orders"),
    "invoices": marked("Invoices"),
    "purchase_orders": marked("Purchase orders"),
    "transactions": marked("Transactions"),
    "deals": marked("Deals"),
}
RUN_MODULES = {name: text for name, text in MODULES.items() if name != "transactions"}
"""Modules as runs name them: transactions run as their kinds."""
KINDS: Mapping[str, str] = {
    "business": marked("Business"),
    "individual": marked("Individual"),
    "contact_person": marked("Contact person"),
    "vendor": marked("Vendor"),
    "product": marked("Product"),
    "estimate": marked("Estimate"),
    "sales_order": marked("Sales order"),
    "invoice": marked("Invoice"),
    "purchase_order": marked("Purchase order"),
    "deal": marked("Deal"),
}
DOCUMENTS: Mapping[str, str] = {
    "estimates": marked("Estimate"),
    "sales_orders": marked("Sales order"),
    "invoices": marked("Invoice"),
}
DIRECTIONS: Mapping[str, str] = {
    "sales_to_books": marked("into Books"),
    "books_to_sales": marked("into the sales side"),
}
SIDES: Mapping[str, str] = {
    "sales": marked("the sales side"),
    "books": "Books",
}
EXPLAINED = frozenset(RUN_MODULES)
"""The modules whose records have a view of their own."""

STANDINGS: Mapping[str, str] = {
    "in_step": marked("in step"),
    "pending": marked("waits for the next run"),
    "held": marked("not in step"),
}
STANDING_LOOKS: Mapping[str, str] = {"in_step": "linked", "pending": "planned", "held": "failed"}
WHYS: Mapping[str, str] = {
    "deleted": marked("It was deleted."),
    "left_view": marked("The view does not show it any more."),
    "account_outside": marked("Its account is not in the view."),
    "not_shown": marked("The Books view does not show it, so nothing of it is sent to the sales side."),
    "left_alone": marked("It is left alone:"),
    "in_question": marked("Nothing is made for it until somebody decides in Review:"),
    "ended": marked("Its link has ended."),
    "buried": marked("Its counterpart was deleted: it is not made again until it is edited."),
    "elsewhere": marked("It belongs to another Books organization:"),
    "failed": marked("Writing it failed:"),
    "refused": marked("What was written came to something else and was taken back:"),
    "missing": marked("What it refers to is not linked yet:"),
    "unreadable": marked("A value cannot be translated:"),
    "no_way": marked("Only Books has it, and nothing is sent from there."),
    "drift": marked("A difference may not be sent:"),
    "stopped": marked("No run begins at the moment:"),
    "begun": marked("A run died while its counterpart was made; the next one looks whether it is there."),
    "unread": marked("Books tells of an edit that no run has read yet."),
    "new": marked("The next run makes its counterpart."),
    "namesake": marked("The next run links it with a record of the same name."),
    "to_write": marked("The next run writes:"),
    "lacking": marked("Something must be set right first:"),
    "earlier": marked("It is one of the time before:"),
    "not_in_stage": marked("Nothing is to be made of it:"),
    "guarded": marked("A guard holds it back until somebody approves:"),
}
"""Why a record stands as it does."""

MAKERS: Mapping[str, str] = {
    "trigger": marked("made by the automation"),
    "books": marked("made by Books of the estimate of the automation"),
    "person": marked("associated by a person"),
}
"""Who said that a document belongs to a deal."""

PRODUCTS: Mapping[str, str] = {
    "crm": "Zoho CRM",
    "bigin": "Zoho Bigin",
    "books": "Zoho Books",
    "accounts": marked("Zoho sign-in"),
}
DEEDS: Mapping[str, str] = {
    "run": marked("Sync now"),
    "pause (drain)": marked("Pause"),
    "pause (interrupt)": marked("Interrupt"),
    "resume": marked("Resume"),
    "disable": marked("Disable"),
    "enable": marked("Enable"),
    "remove": marked("Remove"),
    "settings": marked("Change settings"),
    "fetch": marked("Fetch"),
    "import": marked("Import"),
    "refresh": marked("Refresh"),
    "retry": marked("Try again"),
    "associate": marked("Associate"),
    "dissociate": marked("Dissociate"),
    "review": marked("Decide in review"),
    "ask_again": marked("Ask again about a rejected plan"),
}
"""What people do, as it is written down."""

DETAILS: Mapping[str, str] = {
    "why": marked("Why"),
    "then": marked("Then"),
    "record": marked("Record"),
    "records": marked("Records"),
    "plan": marked("Plan"),
    "rejected_by": marked("Rejected by"),
    "rejected_at": marked("Rejected at"),
    "side": marked("Side"),
    "entity": marked("Kind"),
    "sales_id": marked("Id on the sales side"),
    "books_id": marked("Id in Books"),
    "document": marked("Document"),
    "number": marked("Number"),
    "deal": marked("Deal"),
    "run": marked("Run"),
    "run_id": marked("Run"),
    "runs": marked("Runs"),
    "begun": marked("Begun"),
    "calls": marked("API calls"),
    "channels": marked("Subscriptions ended"),
    "mirrors": marked("Transactions removed"),
    "mirrors_left": marked("Transactions left"),
    "still_going": marked("Still going"),
    "file": marked("File"),
    "deleted": marked("Deleted"),
    "lacking": marked("Lacking"),
    "full_scan": marked("Read everything"),
    "dry_run": marked("Dry run"),
    "decision": marked("Decision"),
    "proposals": marked("Proposals"),
    "decided": marked("Decided"),
}
"""What is written down of it, besides who and when."""

DID: Mapping[str, str] = {
    "sync": marked("A run begins; it shows here as soon as its first task has started."),
    "undo": marked("A dry run begins; what it would undo shows in the history, and is carried out from there."),
    "pause": marked("Paused. A run that has begun finishes by itself."),
    "interrupt": marked("Interrupted. A run that has begun stops at the next safe point."),
    "resume": marked("Resumed."),
    "disable": marked("Disabled."),
    "enable": marked("Enabled."),
    "remove": marked("Removed."),
    "saved": marked("Saved. The next run uses it."),
    "refresh": marked("The refresh has begun; it shows in the history."),
    "retry": marked("It was tried again."),
    "fetch": marked("The record was brought in step."),
    "import": marked("The record was imported, with its link."),
    "associate": marked("Associated; it shows on both sides."),
    "dissociate": marked("The association is undone."),
    "review": marked("Decided. The next run acts on it."),
    "looked": marked("What was last seen of both sides has been compared."),
}
"""What is told after it was done."""

SHARED: Mapping[str, str] = {
    "organization": marked("Organization"),
    "country": marked("Country"),
    "contact": marked("Contact"),
    "e-mail": marked("E-mail"),
}
"""What organizations learn of each other (CON-5)."""

DECISIONS: Mapping[str, str] = {
    "link": marked("Link"),
    "different": marked("Different"),
    "later": marked("Later"),
    "open": marked("Ask again"),
}
"""What can be decided about records that may be the same (BEY-6)."""

REVIEWED: Mapping[str, str] = {
    "open": marked("To decide"),
    "later": marked("Put off"),
    "link": marked("The same"),
    "different": marked("Found different"),
}
"""What was decided about them."""

EVIDENCE: Mapping[str, str] = {
    "name": marked("Name"),
    "legal form": marked("Legal form"),
    "number": marked("Number"),
    "holding": marked("Holding"),
    "branch": marked("Branch"),
    "country": marked("Country"),
    "address": marked("Address"),
    "phone": marked("Phone"),
    "e-mail": marked("E-mail"),
    "tax number": marked("Tax number"),
    "web": marked("Web"),
    "rivals": marked("Others"),
}
"""What speaks for or against records being the same."""

FINDINGS = (
    marked("the names are the same but for spelling or legal form"),
    marked("the names are the same but for blanks"),
    marked("the names have the same words in another order"),
    marked("one name has more"),
    marked("the names differ in"),
    marked("the legal forms differ"),
    marked("the numbers differ"),
    marked("one is a holding by its name"),
    marked("one is a branch by its name"),
    marked("the countries differ"),
    marked("the address is the same"),
    marked("they are at the same place"),
    marked("they are at different places"),
    marked("they share a phone number"),
    marked("their phone numbers differ"),
    marked("they share an e-mail address"),
    marked("the tax number is the same"),
    marked("the tax numbers differ"),
    marked("they share a domain"),
    marked("their domains differ"),
    marked("as likely"),
)
"""What is found of records that may be the same; after a colon follow the words of the records themselves."""

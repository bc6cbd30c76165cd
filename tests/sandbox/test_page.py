"""The page at / (without a browser)."""

from tests.sandbox.client import Zoho


def test_overview_shows_both_sides(zoho: Zoho) -> None:
    """OPS-4: both organizations and the recent calls are on one page; names are escaped."""
    zoho.crm("GET", "/Accounts", params={"fields": "id"})
    page = zoho.http.get(f"{zoho.base}/").text
    assert "150 accounts" in page
    assert "60 customers" in page
    assert "/crm/v8/Accounts" in page
    found = zoho.http.get(f"{zoho.base}/", params={"q": "<brackets>"}).text
    assert "&lt;Brackets&gt; &amp; Sons" in found
    assert "<Brackets>" not in found


def test_edit_and_delete_follow_the_rules_of_the_api(zoho: Zoho) -> None:
    """CUS-3: a person's edit is a write like any other."""
    account = zoho.crm("GET", "/Accounts/search", params={"criteria": "(Account_Name:equals:Kestrel)"}).json()[
        "data"
    ][0]
    form = {"Account_Name": account["Account_Name"], "Phone": "+1 555 0199", "Billing_Street": "1 Road\r\nFloor 2"}
    url = f"{zoho.base}/page/edit/Accounts/{account['id']}"
    assert zoho.http.post(url, data=form).url.startswith(f"{zoho.base}/?done=")
    after = zoho.crm("GET", f"/Accounts/{account['id']}").json()["data"][0]
    assert (after["Phone"], after["Billing_Street"]) == ("+1 555 0199", "1 Road\nFloor 2")
    refused = zoho.http.post(url, data={**form, "Phone": "1" * 40})
    assert refused.status_code == 422
    assert "at most 30 characters" in refused.text
    zoho.http.post(f"{url}/delete")
    assert zoho.crm("GET", f"/Accounts/{account['id']}").status_code == 204


def test_customer_form_keeps_adds_and_removes_persons(empty: Zoho) -> None:
    """CUS-1: the form sends the whole list of contact persons."""
    persons = [{"first_name": "Stays"}, {"first_name": "Goes"}]
    contact = empty.customer(contact_name="A", contact_persons=persons, notes="n")
    ids = [person["contact_person_id"] for person in contact["contact_persons"]]
    form = {
        "contact_name": "A", "notes": "", "primary": "2", "billing.city": "Łódź",
        "person.0.contact_person_id": ids[0], "person.0.first_name": "Stayed",
        "person.1.contact_person_id": ids[1], "person.1.first_name": "Goes", "person.1.remove": "1",
        "person.2.contact_person_id": "", "person.2.last_name": "New",
    }  # fmt: skip
    empty.http.post(f"{empty.base}/page/books/{contact['contact_id']}", data=form)
    after = empty.books("GET", f"/contacts/{contact['contact_id']}").json()["contact"]
    assert [(p["first_name"], p["last_name"], p["is_primary_contact"]) for p in after["contact_persons"]] == [
        ("Stayed", "", False), ("", "New", True),
    ]  # fmt: skip
    assert (after["notes"], after["billing_address"]["city"]) == ("", "Łódź")
    twin = empty.http.post(f"{empty.base}/page/books/new", data={"contact_name": "a"})
    assert twin.status_code == 422
    assert "already exists" in twin.text


def test_every_tab_shows_both_sides(zoho: Zoho) -> None:
    """OPS-4: vendors, products, deals and transactions are shown, found and escaped."""
    for tab, found in (("vendors", "&lt;Supply&gt; &amp; Co"), ("products", "Bank charge"), ("deals", "Closed Won"),
                       ("transactions", "Purchase orders")):  # fmt: skip
        page = zoho.http.get(f"{zoho.base}/page/tab/{tab}")
        assert (page.status_code, found in page.text) == (200, True)
    search = zoho.http.get(f"{zoho.base}/page/tab/products", params={"q": "bank"}).text
    assert ("Bank charge" in search, "Flake salt" in search) == (True, False)
    assert zoho.http.get(f"{zoho.base}/page/tab/nope").status_code == 404


def test_records_of_the_tabs_are_added_edited_and_deleted(empty: Zoho) -> None:
    """OPS-4: a person's writes follow the rules of the API on every tab."""
    page = f"{empty.base}/page/edit"
    empty.http.post(f"{page}/Vendors/new", data={"Vendor_Name": "V"})
    empty.http.post(f"{page}/Products/new", data={"Product_Name": "P", "Unit_Price": "2.50", "Vendor_Name": "V"})
    (product,) = empty.control("GET", "/dump")["crm"]["Products"]
    assert product["values"]["Unit_Price"] == 2.5
    wrong = empty.http.post(f"{page}/Products/{product['id']}", data={"Product_Name": "P", "Vendor_Name": "Nobody"})
    assert (wrong.status_code, "Nobody" in wrong.text) == (422, True)
    quote = {"Subject": "S", "line.0.Product_Name": "P", "line.0.Quantity": "3", "line.1.Product_Name": ""}
    empty.http.post(f"{page}/Quotes/new", data=quote)
    (made,) = empty.control("GET", "/dump")["crm"]["Quotes"]
    assert made["values"]["Grand_Total"] == 7.5
    assert "2.5" in empty.http.get(f"{page}/Quotes/{made['id']}").text
    empty.http.post(f"{page}/items/new", data={"name": "I", "rate": "4"})
    (item,) = empty.control("GET", "/dump")["books"]["items"]
    empty.http.post(f"{page}/items/{item['item_id']}/act/inactive")
    assert empty.control("GET", "/dump")["books"]["items"][0]["status"] == "inactive"
    empty.http.post(f"{page}/items/{item['item_id']}/delete")
    assert empty.control("GET", "/dump")["books"]["items"] == []


def test_documents_on_the_page(empty: Zoho) -> None:
    """OPS-4: an invoice is typed in, sent and then kept from being deleted once it is paid."""
    page = f"{empty.base}/page/edit/invoices"
    form = {"party": "C", "date": "2026-05-01", "line.0.name": "Work", "line.0.quantity": "2", "line.0.rate": "50"}
    assert empty.http.post(f"{page}/new", data=form).status_code == 422
    customer = empty.customer(contact_name="C")["contact_id"]
    assert empty.http.post(f"{page}/new", data=form).status_code == 200
    (row,) = empty.books("GET", "/invoices").json()["invoices"]
    assert (row["total"], row["customer_id"]) == (100, customer)
    assert "Mark as sent" in empty.http.get(f"{page}/{row['invoice_id']}").text
    empty.http.post(f"{page}/{row['invoice_id']}/act/sent")
    empty.control("POST", "/payments", json={"invoice_id": row["invoice_id"], "amount": 1})
    assert "cannot be deleted" in empty.http.post(f"{page}/{row['invoice_id']}/delete").text
    assert "has transactions" in empty.http.post(f"{empty.base}/page/books/{customer}/delete").text


def test_taxes_that_cannot_be_chosen_stay(empty: Zoho) -> None:
    """TXN-6: a form that shows one tax a line does not change a line with others."""
    (lamp,) = empty.insert("Products", {"Product_Name": "Lamp"})
    taxes = [{"name": "Federal", "percentage": 5}, {"name": "Vat", "percentage": 20}]
    row = {"Product_Name": lamp, "Quantity": 1, "List_Price": 10, "Line_Tax": taxes}
    (quote,) = empty.insert("Quotes", {"Subject": "S", "Quoted_Items": [row]})
    url = f"{empty.base}/page/edit/Quotes/{quote}"
    assert "<option selected>as it is</option>" in empty.http.get(url).text
    (item,) = empty.crm("GET", f"/Quotes/{quote}").json()["data"][0]["Quoted_Items"]
    line = {"line.0.id": item["id"], "line.0.Product_Name": "Lamp", "line.0.Quantity": "2", "line.0.List_Price": "10"}
    assert empty.http.post(url, data={"Subject": "S", **line, "line.0.Line_Tax": "as it is"}).status_code == 200
    assert empty.crm("GET", f"/Quotes/{quote}").json()["data"][0]["Grand_Total"] == 25
    assert empty.http.post(url, data={"Subject": "S", **line, "line.0.Line_Tax": ""}).status_code == 200
    assert empty.crm("GET", f"/Quotes/{quote}").json()["data"][0]["Grand_Total"] == 20


def test_what_was_not_touched_stays_linked(empty: Zoho) -> None:
    """OPS-4: names need not be unique; an edit of something else keeps the record that a lookup names."""
    _, second = empty.insert("Accounts", {"Account_Name": "Twin"}, {"Account_Name": "Twin"})
    lamp, other_lamp = empty.insert("Products", {"Product_Name": "Lamp"}, {"Product_Name": "Lamp"})
    (contact,) = empty.insert("Contacts", {"Last_Name": "L", "Account_Name": second})
    row = {"Product_Name": {"id": other_lamp}, "Quantity": 1}
    (quote,) = empty.insert("Quotes", {"Subject": "S", "Account_Name": second, "Quoted_Items": [row]})
    page = f"{empty.base}/page/edit"
    typed = {"Last_Name": "M", "Account_Name": "Twin"}
    assert empty.http.post(f"{page}/Contacts/{contact}", data=typed).status_code == 200
    (item,) = empty.crm("GET", f"/Quotes/{quote}").json()["data"][0]["Quoted_Items"]
    line = {"line.0.id": item["id"], "line.0.Product_Name": "Lamp", "line.0.Quantity": "2"}
    typed = {"Subject": "T", "Account_Name": "Twin", **line}
    assert empty.http.post(f"{page}/Quotes/{quote}", data=typed).status_code == 200
    after = empty.crm("GET", f"/Contacts/{contact}").json()["data"][0]
    assert (after["Last_Name"], after["Account_Name"]["id"]) == ("M", second)
    after = empty.crm("GET", f"/Quotes/{quote}").json()["data"][0]
    (item,) = after["Quoted_Items"]
    assert (after["Account_Name"]["id"], item["Product_Name"]["id"], item["Quantity"]) == (second, other_lamp, 2)
    assert lamp != other_lamp
    empty.http.post(f"{page}/Contacts/{contact}", data={"Last_Name": "M", "Account_Name": ""})
    assert empty.crm("GET", f"/Contacts/{contact}").json()["data"][0]["Account_Name"] is None
    assert "given seems to be invalid" in empty.http.post(f"{page}/Contacts/1/delete").text


def test_custom_fields_of_transactions_are_shown(empty: Zoho) -> None:
    """TXN-7: so that a person sees how a mirror stands in Books; a field that holds the name again is left out."""
    for label in ("Books Number", "Books Status"):
        order = {"product": "crm", "module": "Quotes", "label": label, "api_name": label.replace(" ", "_")}
        empty.control("POST", "/custom_fields", json=order)
    (lamp,) = empty.insert("Products", {"Product_Name": "Lamp"})
    rows = [{"Product_Name": lamp, "Quantity": 1, "List_Price": 10}]
    values = {"Subject": "QT-1", "Books_Number": "QT-1", "Books_Status": "invoiced", "Quoted_Items": rows}
    empty.insert("Quotes", values)
    page = empty.http.get(f"{empty.base}/page/tab/transactions").text
    assert ("Books Status: invoiced" in page, "Books Number" in page) == (True, False)
    assert "QT-1" in empty.http.get(f"{empty.base}/page/tab/transactions", params={"q": "status: inv"}).text

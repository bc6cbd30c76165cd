"""Random canonical records."""

from hypothesis import strategies as st

from zoho.core.records import Kind, Record, Values

KEYS = ("contact_name", "notes", "billing_address.city")
PERSON_KEYS = ("first_name", "last_name", "email", "phone")

texts = st.sampled_from([None, "a", "b", "ＡＣＭＥ", "ｱｸﾒ", "é", "🍣"])
values = st.fixed_dictionaries(dict.fromkeys(KEYS, texts))
person_values = st.fixed_dictionaries(dict.fromkeys(PERSON_KEYS, texts))


def person(person_id: str, held: Values) -> Record:
    name = " ".join(str(held[key]) for key in ("first_name", "last_name") if held.get(key))
    return Record(person_id, Kind.CONTACT_PERSON, name, held)


def persons(prefix: str) -> st.SearchStrategy[tuple[Record, ...]]:
    lists = st.lists(person_values, max_size=4)
    return lists.map(lambda held: tuple(person(f"{prefix}{place}", one) for place, one in enumerate(held)))

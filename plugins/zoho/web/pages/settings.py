"""Settings and mappings as forms: checked while they are filled, shown as a diff, kept with history (OPS-6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from zoho.config import edit
from zoho.config.edit import Edited
from zoho.config.load import MAPPINGS, Loaded, include_folder
from zoho.engine.control.audit import acting
from zoho.store import settings_versions
from zoho.web.forms import errors
from zoho.web.forms.fields import Field, Group
from zoho.web.forms.mapping_form import CHOICES, COLUMNS, mapping_changes, mapping_form
from zoho.web.forms.settings_form import entered, settings_changes, settings_form
from zoho.web.integrations import known_integrations
from zoho.web.security import BelievedForm, Right
from zoho.web.view import View, Viewed

router = APIRouter(prefix="/integrations/{name}/settings")

SHOWN_VERSIONS = 50
_LONGEST_WHY = 300

Filled = Mapping[str, str]


@dataclass(frozen=True)
class File:
    """A file of settings, as it is edited.

    Attributes:
        loaded: the integration.
        module: whose mapping it is; ``None``: the settings of the integration.
        path: below the include folder.
    """

    loaded: Loaded
    module: str | None
    path: str

    @property
    def text(self) -> str:
        """What it holds."""
        return (include_folder() / self.path).read_text(encoding="utf-8")

    def changed(self, filled: Filled) -> str:
        """Return what it would hold after a form was filled."""
        if "text" in filled:  # as browsers send it
            return filled["text"].replace("\r\n", "\n")
        content = edit.content_of(self.text)
        if self.module is None:
            return edit.changed(self.text, settings_changes(settings_form(content), filled))
        return edit.changed(self.text, mapping_changes(mapping_form(MAPPINGS[self.module], content, filled), filled))


@router.get("")
def settings(view: Viewed, name: str) -> HTMLResponse:
    """Show the settings of an integration."""
    view.rights.require(Right.SEE, name)
    return _drawn(view, _file(name), {}, None)


@router.get("/mappings/{module}")
def mapping(view: Viewed, name: str, module: str) -> HTMLResponse:
    """Show the fields of a module."""
    view.rights.require(Right.SEE, name)
    return _drawn(view, _file(name, module), {}, None)


@router.post("/check")
@router.post("/mappings/{module}/check")
async def check(view: Viewed, name: str, filled: BelievedForm, module: str | None = None) -> JSONResponse:
    """Tell what is wrong with what was entered so far."""
    view.rights.require(Right.EDIT, name)
    edited = await run_in_threadpool(_tried, _file(name, module), _texts(filled))
    fields, others = errors.placed(edited, _names(filled))
    return JSONResponse({"fields": fields, "others": others})


@router.post("")
@router.post("/mappings/{module}")
async def review(view: Viewed, name: str, filled: BelievedForm, module: str | None = None) -> Response:
    """Show the change as a diff; or the form again, where something is wrong with it."""
    view.rights.require(Right.EDIT, name)
    file, texts = _file(name, module), _texts(filled)
    return await run_in_threadpool(_reviewed, view, file, texts)


@router.post("/save")
@router.post("/mappings/{module}/save")
async def save(view: Viewed, name: str, filled: BelievedForm, module: str | None = None) -> Response:
    """Write a change that was reviewed."""
    view.rights.require(Right.EDIT, name)
    file, texts = _file(name, module), _texts(filled)
    return await run_in_threadpool(_saved, view, file, texts)


@router.get("/versions")
@router.get("/mappings/{module}/versions")
def versions(view: Viewed, name: str, module: str | None = None) -> HTMLResponse:
    """Show what a file held before, and who changed it."""
    view.rights.require(Right.SEE, name)
    file = _file(name, module)
    with view.store.connect() as connection:
        found = settings_versions.latest(connection, file.path, SHOWN_VERSIONS)
    earlier = [*found[1:], None] if found else []
    pairs = [
        (one, Edited(file.path, before.content, one.content, ()).diff if before else [])
        for one, before in zip(found, earlier, strict=True)
    ]
    return view.render("versions.html", **_common(file), versions=pairs)


def _reviewed(view: View, file: File, filled: Filled) -> HTMLResponse:
    edited = _tried(file, filled)
    if edited.problems or "more" in filled:
        return _drawn(view, file, filled, edited)
    return view.render(
        "settings_review.html", **_common(file), edited=edited, digest=_digest(file, filled), shared=_shared(file)
    )


def _saved(view: View, file: File, filled: Filled) -> Response:
    edited = _tried(file, filled)
    if edited.problems:
        return _drawn(view, file, filled, edited)
    why = filled.get("why", "").strip()[:_LONGEST_WHY] or None
    user, detail = view.user.get_name(), {"file": file.path, "diff": edited.diff, **({"why": why} if why else {})}
    with acting(view.store, user, "settings", file.loaded.name, view.clock, module=file.module, detail=detail):
        if edit.digest(edited.before) != filled.get("digest"):
            raise HTTPException(409, "Somebody else changed the file meanwhile; look at it again.")
        try:
            edit.write(include_folder(), edited)
        except (OSError, edit.FileChanged) as error:
            raise HTTPException(409, f"The file was not written: {error}") from None
        with view.store.begin() as connection:
            settings_versions.note(connection, file.path, edited.before, edited.after, view.now, user, why)
    where = f"/integrations/{file.loaded.name}/settings"
    return RedirectResponse(
        view.address(f"{where}/mappings/{file.module}" if file.module else where, did="saved"), 303
    )


def _drawn(view: View, file: File, filled: Filled, edited: Edited | None) -> HTMLResponse:
    """Draw the form of a file, with what was entered already and what is wrong with it."""
    text = file.text
    content = edit.content_of(text)
    as_text = "text" in filled or view.request.query_params.get("text") == "1" or not isinstance(content, dict)
    by_field, others = errors.placed(edited, set(filled)) if edited else ({}, [])
    status = 422 if edited and edited.problems else 200
    common = {**_common(file), "digest": _digest(file, filled), "others": others, "as_text": as_text}
    if as_text:
        return view.render("settings_text.html", status, **common, text=filled.get("text", text))
    if file.module is None:
        form = settings_form(content)
        drawing = {"shown": lambda field: _shown(field, filled), "is_on": lambda group: _is_on(group, filled)}
        return view.render("settings.html", status, **common, form=form, errors=by_field, **drawing)
    tables = mapping_form(MAPPINGS[file.module], content, _with_more(filled, MAPPINGS[file.module].catalogues))
    table = {"tables": tables, "columns": COLUMNS, "choices": CHOICES, "filled": filled, "shared": _shared(file)}
    return view.render("mapping.html", status, **common, **table, errors=by_field)


def _common(file: File) -> dict[str, Any]:
    """Return what all views of a file show."""
    return {
        "name": file.loaded.name,
        "path": file.path,
        "mapping": file.module,
        "mappings": list(_mappings(file.loaded).items()),
        "writable": edit.writable(include_folder(), file.path),
    }


def _file(name: str, module: str | None = None) -> File:
    loaded = next((one for one in known_integrations() if one.name == name), None)
    if loaded is None:
        raise HTTPException(404)
    if module is None:
        return File(loaded, None, f"integrations/{loaded.path.name}")
    mappings = _mappings(loaded)
    if module not in mappings:
        raise HTTPException(404)
    return File(loaded, module, f"mappings/{mappings[module]}")


def _mappings(loaded: Loaded) -> dict[str, str]:
    """Return module → the mapping file that it uses, as far as the settings can be read."""
    if loaded.configured is None:
        return {}
    return {module: file.path.name for module, file in loaded.configured.mapping_files.items()}


def _shared(file: File) -> list[str]:
    """Return the other integrations that use a mapping file."""
    if file.module is None:
        return []
    used = file.path.removeprefix("mappings/")
    others = [one for one in known_integrations() if one.name != file.loaded.name]
    return [one.name for one in others if used in _mappings(one).values()]


def _tried(file: File, filled: Filled) -> Edited:
    return edit.tried(include_folder(), file.path, file.changed(filled))


def _digest(file: File, filled: Filled) -> str:
    return filled.get("digest") or edit.digest(file.text)


def _texts(filled: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in filled.items() if isinstance(value, str)}


def _names(filled: Mapping[str, Any]) -> set[str]:
    return set(filled)


def _with_more(filled: Filled, sections: Sequence[str] | Mapping[str, Any]) -> Filled:
    """Return what was entered, as if a line more had been begun in every table, when one was asked for."""
    if "more" not in filled:
        return filled
    more = dict(filled)
    for section in sections:
        places = [int(key.split(".")[1]) for key in filled if key.startswith(f"{section}.")]
        more[f"{section}.{max(places, default=0) + 1}.sales"] = " "
    return more


def _shown(field: Field, filled: Filled) -> Any:
    return entered(field, filled) if "digest" in filled else field.value


def _is_on(group: Group, filled: Filled) -> bool:
    return group.name in filled if "digest" in filled else group.given

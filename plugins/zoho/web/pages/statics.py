"""The style sheet and the scripts."""

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

from zoho.web.view import STATIC

router = APIRouter()

_FILES = {path.name: path for path in STATIC.iterdir()}
_KEPT = {"Cache-Control": "private, max-age=31536000, immutable"}  # its address changes with its content


@router.get("/static/{name}")
def static(name: str, user: GetUserDep) -> FileResponse:  # noqa: ARG001 - asks for the login
    """Send a file of the page itself."""
    if name not in _FILES:
        raise HTTPException(404)
    return FileResponse(_FILES[name], headers=_KEPT)

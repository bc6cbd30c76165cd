"""Uploading the file of a bulk write job: a ZIP with one CSV (zoho-api 2.11)."""

import io
import zipfile
from email.parser import BytesParser
from email.policy import HTTP

from sandbox.clock import crm_time
from sandbox.sales.jobs import Upload
from sandbox.sales.orgs import zgid_of
from sandbox.sales.reading import organization
from sandbox.sales.refusals import refuse
from sandbox.wire import Call, Refusal, Reply

MAX_BYTES = 25 * 1024 * 1024
"""Greatest size of the ZIP."""


def upload_file(call: Call) -> Reply:
    """Serve ``POST /upload``."""
    org = organization(call)
    if call.headers.get("feature") != "bulk-write" or call.headers.get("x-crm-org") != zgid_of(org.product):
        message = "check if headers [feature, X-CRM-ORG] are present and valid"
        raise Refusal(Reply(400, {"x-error": message, "info": "Forbidden", "status": "error"}, code="FORBIDDEN"))
    if len(call.body) > MAX_BYTES:
        raise refuse(413, "FILE_TOO_LARGE", "File size too large to process")
    upload = _unzipped(_file_in(call))
    file_id = org.new_id()
    org.jobs.uploads[file_id] = upload
    details = {"file_id": file_id, "created_time": crm_time(call.world.clock.seconds())}
    body = {"status": "success", "code": "FILE_UPLOAD_SUCCESS", "message": "file uploaded.", "details": details}
    return Reply(200, body, code="FILE_UPLOAD_SUCCESS")


def _file_in(call: Call) -> bytes:
    """Return the part ``file`` of a multipart body."""
    head = f"Content-Type: {call.headers.get('content-type', '')}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + call.body)
    for part in message.iter_parts() if message.is_multipart() else ():
        if part.get_param("name", header="content-disposition") == "file":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return content
    raise refuse(400, "MANDATORY_NOT_FOUND", "required field not found", {"api_name": "file"})


def _unzipped(packed: bytes) -> Upload:
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
            if len(names) != 1:
                raise refuse(400, "FILE_NOT_SUPPORTED", "File not supported for bulk write")
            return Upload(names[0], archive.read(names[0]).decode("utf-8-sig"))
    except zipfile.BadZipFile:
        raise refuse(400, "INVALID_FILE_FORMAT", "invalid file format. only zip format is supported") from None
    except UnicodeDecodeError:
        raise refuse(400, "INVALID_FORMAT", "File not supported for bulk write") from None

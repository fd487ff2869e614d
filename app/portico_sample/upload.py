"""Uploads of any size in constant memory: the body is hashed while it arrives and kept nowhere."""

import hashlib
import io

from flask import Blueprint, Request, Response, request
from werkzeug.exceptions import BadRequest

from .answers import answer

CHUNK_BYTES = 64 * 1024

blueprint = Blueprint("upload", __name__)


class HashingSink(io.RawIOBase):
    """A file that counts and hashes what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.byte_count = 0
        self._hash = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self._hash.update(data)
        self.byte_count += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """The form parser rewinds each part when it is complete; there is nothing to rewind."""
        return 0

    def sha256(self) -> str:
        return self._hash.hexdigest()


class HashingRequest(Request):
    """A request whose file parts go into a sink instead of memory or a temporary file."""

    def _get_file_stream(self, total_content_length, content_type, filename=None, content_length=None):
        return HashingSink()


@blueprint.post("/upload")
def upload() -> Response:
    """Size and SHA-256 of the raw body, or of the one file of a multipart form. Nginx bounds the size."""
    sink = _multipart_file() if request.mimetype == "multipart/form-data" else _raw_body()
    return answer("Upload received", {"bytes": sink.byte_count, "sha256": sink.sha256()})


def _raw_body() -> HashingSink:
    sink = HashingSink()
    while chunk := request.stream.read(CHUNK_BYTES):
        sink.write(chunk)
    return sink


def _multipart_file() -> HashingSink:
    files = list(request.files.values())
    if len(files) != 1:
        raise BadRequest(f"multipart form: got {len(files)} files; allowed: 1; send one part that has a file name")
    return files[0].stream

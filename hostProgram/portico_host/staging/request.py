"""The input of `stage`, on standard input. Secrets enter the host here and nowhere else."""

import hashlib
from dataclasses import dataclass
from typing import Any

from ..base.errors import UsageError, fault
from ..base.values import IDENTIFIER, NAME, Fields
from ..bundle.description import Description
from ..bundle.managed_file import ManagedFile
from ..state.trigger import Author


@dataclass(frozen=True)
class StageRequest:
    """`archive` and `wheels` are relative to the login user's home; `secrets` are the application's, by name."""

    release: str | None
    archive: str | None
    wheels: str | None
    secret_files: tuple[tuple[ManagedFile, bytes], ...]
    secrets: dict[str, str]
    author: Author

    @staticmethod
    def read(value: dict[str, Any], description: Description) -> "StageRequest":
        fields = Fields("input", value)
        request = StageRequest(
            release=fields.optional_text("release", IDENTIFIER),
            archive=fields.optional_text("archive"),
            wheels=fields.optional_text("wheels"),
            secret_files=tuple(read_secret_file(each) for each in fields.items("secretFiles")),
            secrets=read_secrets(fields.object("secrets")),
            author=Author.read(value),
        )
        if (description.app is None) != (request.release is None):
            allowed = "null" if description.app is None else "a release, as this role runs an application"
            raise UsageError(fault("input.release", request.release, allowed, "give what the role takes"))
        for name in ("archive", "wheels"):
            if request.release is not None and getattr(request, name) is None:
                raise UsageError(fault(f"input.{name}", "null", "the path of an archive of the release", "name it"))
        return request

    def secret_values(self) -> list[str]:
        return [*self.secrets.values(), *(content.decode() for _, content in self.secret_files)]


def read_secret_file(value: Any) -> tuple[ManagedFile, bytes]:
    fields = Fields("input.secretFiles", value)
    content = fields.content("content").encode()
    return ManagedFile.read(fields, hashlib.sha256(content).hexdigest()), content


def read_secrets(fields: Fields) -> dict[str, str]:
    for name in fields.value:
        if not NAME.fullmatch(name):
            raise UsageError(fault("input.secrets", name, f"names like {NAME.pattern}", "rename the secret"))
    return {name: fields.content(name) for name in sorted(fields.value)}

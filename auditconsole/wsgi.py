"""The web process's entry point."""

import os
import re
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auditconsole.settings")

_CHARSET = re.compile(r";\s*charset\s*=[^;]*", re.IGNORECASE)
_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Answer a request, read as UTF-8 whatever it claims to be.

    Django would decode addresses and forms by the charset that a client names: by some of Python's codecs it fails
    before any of our code runs, by others it makes text that can be neither kept nor answered. Browsers send UTF-8.
    """
    environ["CONTENT_TYPE"] = _CHARSET.sub("", environ.get("CONTENT_TYPE", ""))
    return _django(environ, start_response)

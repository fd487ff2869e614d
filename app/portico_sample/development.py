"""The application on a desk: `flask --app portico_sample.development run`.

The key is made up at each start, so tickets do not outlive the process. Production imports `portico_sample:app` and never
this module: a machine without its credential must be unready, not quietly served with a made-up key.
"""

import secrets

from . import create_app

app = create_app(secret_key=secrets.token_urlsafe(32))

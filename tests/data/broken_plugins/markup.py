"""It writes markup."""

import numpy as np

from relnet.plugin import Section


class Markup(Section):
    """A loud heading."""

    name, version, title = "markup", "1", "Loud"

    def render(self, findings):
        return ["<h1>hello</h1>"]

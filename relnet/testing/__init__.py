"""The conformance kit: whether a plugin keeps the contract, and what to mend where it does not.

In a plugin's own tests::

    from relnet.testing import checks_for
    from relnet_loyalty import Loyalty

    test_contract = checks_for(Loyalty())
"""

from relnet.testing.door import Record, check, checks_for
from relnet.testing.networks import Network, network

__all__ = ["Network", "Record", "check", "checks_for", "network"]

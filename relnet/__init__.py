"""relnet: which of your connections are real relationships, and why."""

__version__ = "0.1.0"

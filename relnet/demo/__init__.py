"""A made-up person's network with known truth, written out as a real X archive and real API JSON lines.

`simulator` draws the world, `archive_writer` and `api_writer` write its two halves: what the owner could
export, and what others wrote.  The demo and the quality benchmarks read both back through the usual sources.
"""

"""Live networks: read-only fetching of one's own record, or of anybody's followers, into a folder of its own.

What is fetched lies as it came in a folder beside the log until it is whole; then a source reads it like any other
input. Nothing here ever posts, follows or likes.
"""

"""Data out: connections, interactions and the graph, with native ids as text and times in ISO UTC."""

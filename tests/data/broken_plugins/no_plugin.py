"""It holds no plugin."""

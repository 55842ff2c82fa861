"""Widgets of the dashboard: they draw and post messages, the screens decide."""

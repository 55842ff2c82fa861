"""Screens of the dashboard: they react and decide, `relnet.tui.model` knows."""

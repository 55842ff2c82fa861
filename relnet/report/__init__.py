"""The relationship-health report: one HTML file without script or request."""

"""The doors to geopy."""

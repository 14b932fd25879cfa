"""Vans, shifts, stops and slots; the planner and its engine."""

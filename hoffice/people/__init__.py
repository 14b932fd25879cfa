"""Employees and their homes over time, teams, clients and projects; the staff import."""

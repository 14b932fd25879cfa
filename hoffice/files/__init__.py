"""Stored files: content-addressed in the instance folder, known by a row in the database."""

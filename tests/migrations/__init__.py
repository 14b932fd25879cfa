"""The migrations: empty to newest equals the models; down and up again."""

"""hoffice: everybody home by Thursday, and back just as well."""

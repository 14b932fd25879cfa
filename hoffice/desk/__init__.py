"""Pages across domains for staff: the start page, search, a person's page and timeline."""

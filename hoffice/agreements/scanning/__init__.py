"""Scanned stacks: bytes in, upright pages with what their codes say out."""

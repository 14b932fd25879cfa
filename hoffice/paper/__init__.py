"""Shared ReportLab parts: letterhead, fonts, page x of y, signature box, QR codes, labels."""

"""Shared ReportLab parts: letterhead, fonts, page x of y, signature box, QR codes, labels.

``sheet.write`` makes a file from a story, ``flow`` and ``blocks`` make the story's parts, ``draw``
the things that are no words, ``words`` speaks the paper's language, ``tags`` lets it be read aloud.
The files are tagged PDF 1.7; conformity to PDF/A or PDF/UA is not claimed.
"""

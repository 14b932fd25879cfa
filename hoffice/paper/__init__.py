"""Shared ReportLab parts: letterhead, fonts, page x of y, signature box, QR codes, labels.

``sheet.write`` makes a file from a story, ``flow`` and ``blocks`` make the story's parts, ``draw``
the things that are no words, ``words`` speaks the paper's language, ``tags`` lets it be read aloud.
``archive`` makes the file PDF/A, ``page_code`` says which page of a stack it is, ``logo`` takes the
firm's picture in, and ``scripts`` shows letters that the typeface lacks. See docs/papers.md.
"""

"""Fields that people may write into texts and mails: declared, checked, escaped, limited.

``plain`` makes typed text harmless, ``fields`` knows what a text may say to the machine,
``blocks`` turns a filled text into parts that know no renderer, ``html`` shows them on a page.
"""

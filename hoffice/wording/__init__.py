"""Fields that people may write into texts and mails: declared, checked, escaped, limited."""

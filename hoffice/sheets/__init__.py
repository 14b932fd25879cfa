"""Tables as files: CSV and XLSX read with suspicion, written without live formulas."""

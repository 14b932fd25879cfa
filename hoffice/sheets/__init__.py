"""Tables as files: CSV and XLSX read with suspicion, written without live formulas."""

import os

# Read when openpyxl is first imported: beside lxml, openpyxl would leave defusedxml aside.
os.environ["OPENPYXL_LXML"] = "False"

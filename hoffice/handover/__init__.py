"""Loading, the visit at the door item by item, the employee's receipt, the handover record."""

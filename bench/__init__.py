"""What the README says about speed, as commands: ``make bench`` or ``make bench PART=http``."""

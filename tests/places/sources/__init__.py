"""Reading registers, whatever file they come in."""

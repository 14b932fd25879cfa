"""What single cells of a staff list mean: names, dates, addresses as people type them."""

"""What every page needs and no noun owns."""

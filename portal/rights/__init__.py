"""Rights of persons: what is held about somebody, given out and erased; their requests; what is kept, and how long."""

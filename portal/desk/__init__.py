"""The desk: what waits for a signed-in person, from every noun."""

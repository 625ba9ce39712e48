"""A light Bot API server with simulated people on it. It runs in the driver's process, never in a contestant's."""

"""What the desk promises about speed, measured: `python -m benchmarks`. Not part of the installed package."""

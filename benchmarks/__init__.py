"""Every figure of the product beside its floor, measured in the same run: ``make bench``, or ``python -m benchmarks``."""

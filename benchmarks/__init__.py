"""Every figure of the product beside its floor, both measured in the same run: ``make bench``."""

"""The reference: pages with tables between markers, and the code that reads these tables off the package."""

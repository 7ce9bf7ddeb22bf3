"""``python -m docs.reference``: brings every table between markers up to date with the code."""

from docs.reference.pages import PAGES, rewritten

for page in PAGES:
    before = page.read_text()
    after = rewritten(before)
    if after != before:
        page.write_text(after)
        print(f"rewrote {page.name}")

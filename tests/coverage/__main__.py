"""Write ``docs/coverage.md`` anew."""

from tests.coverage.page import PATH, written

PATH.write_text(written(), encoding="utf-8")

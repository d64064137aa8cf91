"""Reports of plans and runs that are looked at elsewhere: HTML pages, Markdown, JUnit."""

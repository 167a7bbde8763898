"""The laboratory on the site: reforms chosen, run in the background, and read as comparisons."""

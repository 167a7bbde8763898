"""Template vocabulary of the site."""

"""Pages, one module per room of the site."""

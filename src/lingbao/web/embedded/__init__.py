"""A Django database backend: PostgreSQL embedded in the data folder, started when first needed."""

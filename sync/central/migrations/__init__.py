"""The steps that bring the centre's tables forward; `Centre.migrate` runs what is missing."""

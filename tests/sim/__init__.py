"""Many tills and a centre in one process, under a seeded scheduler that does its worst."""

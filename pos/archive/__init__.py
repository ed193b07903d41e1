"""Archives of the journal in an open format, and the check of them that stands alone."""

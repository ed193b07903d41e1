"""The centre: it keeps every till's entries, projects them, and says what the shops share."""

"""Orders to collect at the centre: placed by channels, told by tills, kept as steps."""

"""What customers see in a browser: their order's page, and a shop window to try the centre with."""

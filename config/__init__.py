"""What a shop may choose: typed settings and the data they name. Only `pos.main` reads it."""

"""POT names that need code of their own."""

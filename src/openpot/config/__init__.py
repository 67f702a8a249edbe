"""What the user asked for, validated once, and the hardware tables as data."""

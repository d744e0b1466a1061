"""A folder for a USB stick, from which laptops without a network install the course."""

"""What maintainers run, each as `python -m tools.NAME` in the folder of the course."""

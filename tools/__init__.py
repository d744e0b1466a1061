"""What maintainers run, each as `python -m tools.NAME` in the folder of the course."""

import os

# They write what is tracked, and that is English, whatever language the shell asks for.
os.environ.pop("MEDLEARN_LANGUAGE", None)

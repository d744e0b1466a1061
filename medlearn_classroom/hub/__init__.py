"""A JupyterHub for a class on one machine: `build` makes and starts it, `settings` are its own."""

"""Run by IPython at the start of each kernel of the course's environment, in less than 1 ms.

It is installed as `etc/ipython/startup/medlearn_missing_names.py` (see pyproject.toml). A name that
no cell has made yet is then explained, though nothing of the course was imported. Nothing is
imported before that, and no name stays behind: this runs among the learner's own.
"""


def _explain_missing_names():
    from IPython import get_ipython

    def missing(shell, kind, error, trace, tb_offset=None):
        try:
            from medlearn.exercises.kernel import explain
        except Exception:  # a broken environment: the error itself is shown all the same
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
        else:
            explain(shell, kind, error, trace, tb_offset)

    shell = get_ipython()
    if shell is not None and shell.custom_exceptions == ():
        shell.set_custom_exc((NameError,), missing)


_explain_missing_names()
del _explain_missing_names

"""The papers, run: one module a paper, on the runner of the tasks."""

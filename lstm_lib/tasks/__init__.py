"""Applications: data -> floors -> model -> report, one module each."""

"""Applications: data -> floors -> model -> training -> report, one module each."""

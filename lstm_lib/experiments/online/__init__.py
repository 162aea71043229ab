"""What the papers of 1997 and 2000 share: networks that learn online, and what they read."""

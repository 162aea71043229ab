"""The search of Greff et al. (2015) in small: data, a trial, the store of trials, what they say."""

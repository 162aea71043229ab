"""What a translation has to beat: the translation of the training sentence that is most alike."""

import numpy as np

from lstm_lib.tasks.translate.data import Split


def nearest(split: Split, sentences: list[str]) -> list[str]:
    """For each sentence the translation of the nearest training sentence.

    Nearest by the cosine of TF-IDF vectors over words and pairs of words (scikit-learn's
    TfidfVectorizer, fitted on the training sentences alone); the first of equals.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    english, other = zip(*split.train, strict=True)
    vectors = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\w+|[^\w\s]", sublinear_tf=True)
    known = vectors.fit_transform(english)
    translations = []
    for start in range(0, len(sentences), 50):
        alike = vectors.transform(sentences[start : start + 50]) @ known.T
        translations += [other[n] for n in np.asarray(alike.argmax(axis=1)).ravel()]
    return translations

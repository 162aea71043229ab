"""Normal form: a view of a widget goes with the widget's state, and its text stays."""

import json

from lstm_lib.course.normal_form import VIEW, normalise


def notebook(*data):
    outputs = [{"output_type": "display_data", "metadata": {}, "data": d} for d in data]
    cell = {"cell_type": "code", "source": "box", "execution_count": 1, "outputs": outputs}
    return json.dumps({"cells": [cell], "metadata": {"widgets": {}}, "nbformat": 4})


def test_of_a_slider_only_its_text_is_kept():
    text = normalise(notebook({VIEW: {"model_id": "1"}, "text/plain": "(Sliders for w)"}))
    assert json.loads(text)["cells"][0]["outputs"][0]["data"] == {"text/plain": ["(Sliders for w)"]}
    assert normalise(text) == text


def test_an_output_is_never_emptied():
    text = normalise(notebook({VIEW: {"model_id": "1"}}))
    assert json.loads(text)["cells"][0]["outputs"][0]["data"] == {VIEW: {"model_id": "1"}}

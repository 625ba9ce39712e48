"""Words and the choices that hold them, packed."""

from conversations.postings import Filing, Postings


def packed() -> Postings:
    filing = Filing(places=3)
    for word, choice, place in [("лом", 4, 2), ("бяла", 0, 0), ("лом", 1, 0), ("ломница", 2, 1), ("лом", 7, 0)]:
        filing.add(word, choice, place)
    return filing.packed()


def held(postings: Postings, word: str) -> dict[int, list[int]]:
    return {place: list(choices) for place, choices in postings.holders_of(word)}


def test_a_word_is_found_with_its_choices_place_by_place_in_the_order_they_came():
    assert held(packed(), "лом") == {0: [1, 7], 2: [4]}
    assert held(packed(), "бяла") == {0: [0]}
    assert held(packed(), "ломница") == {1: [2]}


def test_what_is_not_there_is_held_by_nothing():
    assert held(packed(), "ло") == {}
    assert held(packed(), "ямбол") == {}
    assert held(Filing().packed(), "лом") == {}


def test_words_are_found_by_their_beginning():
    postings = packed()
    assert [postings.words[at] for at in postings.beginning_with("лом")] == ["лом", "ломница"]
    assert list(postings.beginning_with("я")) == []
    assert len(postings.beginning_with("")) == 3

# SPDX-License-Identifier: GPL-2.0-or-later
"""What people write on meetings in WordPress, notes and comments, and where it must be found again: with its meeting.

The anchor of a word is the meeting's (uid, number of the occurrence). It is loose where a person could not say either
which occurrence that was: then the words must be somewhere, and where they are found they are anchored again."""

from typing import NamedTuple

NOTES = "_meeting_notes"
# What gives the occurrences of a series other names, and after what nobody can say which ones they were.
MOVES = {"shift", "move"}
MAKES_OTHERS = {"become_other_kind", "create", "create_series", "cut_off"}


class Word(NamedTuple):
    """`anchor` is None where it is loose; `uid` is that of the event on which it lay when all was last in order."""
    anchor: tuple
    uid: str


class WrittenWords:

    def __init__(self, wp, session):
        self._wp, self._session = wp, session
        self._notes = {}     # {text: Word}
        self._comments = {}
        self._live = set()   # the anchors that there were when all was last in order
        self._doings = {}    # {meeting uid: what happened to it since}
        self._tails = {}     # {meeting uid: that of what was cut off from it since}
        self._number = 0

    def happened(self, doing, uid, tail=None):
        """`tail` is what was cut off, as the same meetings: (uid, the number of the first)."""
        self._doings.setdefault(uid, []).append(doing)
        if uid in self._tails:
            self._doings[self._tails[uid]].append(doing)
        if tail and self._doings[uid] == [doing]:
            self._tails[uid], self._doings[tail[0]] = tail[0], ["shift"]
            self._anchor(uid, lambda number: self._in_tail(uid, number, *tail))
        elif doing in MAKES_OTHERS:
            self._anchor(uid, lambda number: None)

    def _anchor(self, uid, anchor_of):
        for words in (self._notes, self._comments):
            words.update({text: Word(anchor_of(word.anchor[1]), word.uid) for text, word in words.items()
                          if word.anchor and word.anchor[0] == uid})

    def _in_tail(self, uid, number, tail, first):
        """The anchor of what was written on that occurrence of the series before it was cut."""
        if number is None or (uid, number) not in self._live:
            return None
        if number < first:
            return uid, number
        self._live.add((tail, number - first))
        return tail, number - first

    def write(self, chance, rows, occurrences):
        """On a live event that is called as the calendars have it; None when there is none."""
        anchors = {uid: anchor for anchor, uid in occurrences.items()}
        posts = [(post["ID"], rows.first_meta(post["ID"], "_event_uid")) for post in rows.events
                 if post["post_status"] == "publish" and rows.first_meta(post["ID"], "_event_uid") in anchors]
        if not posts:
            return None
        post_id, uid = chance.choice(posts)
        self._number += 1
        if chance.random() < 0.5 and not rows.first_meta(post_id, NOTES):
            text = f"note {self._number}"
            self._wp.call("add_post_meta", post_id, NOTES, text)
            self._notes[text] = Word(anchors[uid], uid)
        else:
            text = f"comment {self._number}"
            self._wp.call("wp_insert_comment", {"comment_post_ID": int(post_id), "comment_content": text})
            self._comments[text] = Word(anchors[uid], uid)
        return f"{text} on {uid}"

    def somebody_else_synced(self, rows):
        """And deleted posts for good, with what was written on them, or stored a tail as new meetings."""
        for tail in self._tails.values():
            self._doings[tail].append("stored")
        for words, places in ((self._notes, _notes_of(rows)), (self._comments, _comments_of(rows))):
            for text in set(words) - set(places):
                del words[text]

    def violations(self, rows, model=None):
        """Sentences. With the model, of a site that is in order: then the anchors are made firm."""
        found = []
        occurrences = model.occurrences() if model else None
        for words, places in ((self._notes, _notes_of(rows)), (self._comments, _comments_of(rows))):
            for text, word in list(words.items()):
                if text not in places:
                    found.append(f"{text} on {word.uid} is lost")
                elif model:
                    found += self._misplaced(text, word, places[text], occurrences)
                    words[text] = _word_at(places[text], word, occurrences)
        if model:
            self._live, self._doings, self._tails = set(occurrences), {}, {}
        return found

    def _misplaced(self, text, word, place, occurrences):
        expected = (occurrences.get(word.anchor), "publish")
        if word.anchor in occurrences and self._is_certain(word, occurrences) and place != expected:
            yield f"{text} of {word.uid} is on {place}, and not on {expected}"

    def _is_certain(self, word, occurrences):
        """Its event is called as before, or was there when the series was shifted, and that is all that happened."""
        doings = self._doings.get(word.anchor[0], [])
        if word.uid == occurrences[word.anchor]:
            return word.anchor[1] is None or not MOVES & set(doings)
        return word.anchor in self._live and doings == ["shift"]


def _word_at(place, word, occurrences):
    """Firm on a live event; in the trash as it was, unless its occurrence is there without it."""
    uid, status = place
    if status == "publish":
        return Word(next((anchor for anchor, name in occurrences.items() if name == uid), None), uid)
    return Word(None, uid) if word.anchor in occurrences else word


def _place(rows, post):
    return rows.first_meta(post["ID"], "_event_uid"), post["post_status"]


def _notes_of(rows):
    return {text: _place(rows, post) for post in rows.events
            for key, text in rows.meta.get(post["ID"], ()) if key == NOTES}


def _comments_of(rows):
    events = {post["ID"]: post for post in rows.events}
    return {comment["comment_content"]: _place(rows, events[comment["comment_post_ID"]])
            for comment in rows.tables["comments"] if comment["comment_post_ID"] in events}

# SPDX-License-Identifier: GPL-2.0-or-later
"""What people write on a meeting (notes, comments, what plugins store) is there as long as the meeting is, whichever post it has."""

from integration.test_google import OnGoogle
from lib.ics import vevent
from lib.story import Story
from lib.theme import Theme, theme_event

JOSE = ("jose@example.org", "José Núñez", "accepted")

COMMENTS = """
global $wpdb;
return $wpdb->get_results( "SELECT p.post_title, p.comment_count, c.comment_content, c.comment_approved
	FROM $wpdb->comments c JOIN $wpdb->posts p ON p.ID = c.comment_post_ID
	WHERE p.post_type = 'calendar_event' ORDER BY c.comment_ID", ARRAY_N );
"""


class Notes:
    """Of a story; all is written and read by WordPress."""

    def note(self, post_id, text):
        """As the newest theme stores it."""
        self.wp.run("update_post_meta( $id, '_meeting_notes', wp_slash( $text ) ); return true;", id=post_id, text=text)

    def comment(self, post_id, text, approved=1):
        return self.wp.run("""return wp_insert_comment( array( 'comment_post_ID' => $id, 'comment_content' => $text,
            'comment_approved' => $approved, 'comment_author' => 'Ana' ) );""", id=post_id, text=text, approved=approved)

    def comments(self):
        """[title of the event, its comment_count, text, status] of each."""
        return self.wp.run(COMMENTS)

    def notes(self, status="publish"):
        """{start of the event: its notes}"""
        return {event["meta"]["_start_time"]: event["meta"]["_meeting_notes"] for event in self.events(self.anna)
                if event["post_status"] == status and "_meeting_notes" in event["meta"]}

    def posts(self):
        return [event["ID"] for event in self.events(self.anna)]


class OnCaldav(Notes, Story):

    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.account = self.account()
        self.connection = self.connect(self.anna, self.account.connection(auto_log=False))[0]
        self.theme = Theme(self.wp, self.anna, self.connection["id"])

    def meet(self, uid, start, **more):
        self.account.put(uid, vevent(f"{uid}@story", start, **{"summary": uid, **more}))

    def weekly(self, first, count=3):
        self.meet("weekly", first.replace(tzinfo=None), tzid="Europe/Amsterdam", lines=[f"RRULE:FREQ=WEEKLY;COUNT={count}"])


class TheThemesRows(OnCaldav):
    """Adopted by the first sync, whichever theme wrote them."""

    def adopt_series(self, write, first):
        self.weekly(first)
        write(theme_event("weekly@story", self.utc(first), "weekly"))
        post, = self.posts()
        self.note(post, '<p>Ask "Ana" about C:\\temp</p>')
        self.comment(post, "seen")
        self.sync()
        return post

    def assert_adopted_by_another_clock(self, write):
        """The theme stored the clock of UTC: no occurrence has the start of its post."""
        first = self.at(-7, 9)
        self.adopt_series(write, first)
        self.assertEqual(self.notes(), {self.site_time(first): '<p>Ask "Ana" about C:\\temp</p>'})
        self.assertEqual(self.comments(), [["weekly", "1", "seen", "1"]])

    def test_a_series_in_one_post_of_older_themes(self):
        self.assert_adopted_by_another_clock(self.theme.old_caldav)

    def test_a_series_in_one_post_of_newer_themes(self):
        self.assert_adopted_by_another_clock(self.theme.new_caldav)

    def test_a_series_that_began_before_the_window(self):
        """What was written goes to the first occurrence that is there."""
        first = self.at(-98, 9)
        self.weekly(first, 20)
        self.theme.old_caldav(theme_event("weekly@story", first, "weekly"))
        self.note(self.posts()[0], "since ever")
        self.sync()
        self.assertEqual(self.notes(), {min(event["meta"]["_start_time"] for event in self.events(self.anna)
                                            if event["post_status"] == "publish"): "since ever"})

    def test_copies_that_the_theme_left(self):
        """WordPress makes what is to come `future`, and the theme another post of it at each sync."""
        self.meet("lunch", self.utc(self.at(3)))
        for text in ("first", "second", None):
            self.theme.new_caldav(theme_event("lunch@story", self.utc(self.at(3)), "lunch"))
            if text is not None:
                self.note(self.posts()[-1], text)
                self.comment(self.posts()[-1], text)
        self.assertEqual(len(self.posts()), 3)
        self.sync()
        self.assertEqual(self.titles(self.anna), ["lunch"])
        self.assertEqual(self.notes(), {self.site_time(self.at(3)): "first\n\nsecond"})
        self.assertEqual(self.comments(), [["lunch", "2", "first", "1"], ["lunch", "2", "second", "1"]])
        before = self.content()
        self.sync("--all", "--full")
        self.assertEqual(self.content(), before)

    def test_a_dry_run_moves_nothing(self):
        self.meet("lunch", self.utc(self.at(3)))
        for text in ("first", "second"):
            self.theme.new_caldav(theme_event("lunch@story", self.utc(self.at(3)), "lunch"))
            self.note(self.posts()[-1], text)
        before = self.content()
        self.sync("--all", "--dry-run")
        self.assertEqual(self.content(), before)


class TheSeriesAnew(OnCaldav):
    """Between two passes the theme stores the series as one post, on which somebody writes; the newest theme deletes
    the occurrences, an older one leaves them."""

    def setUp(self):
        super().setUp()
        self.first = self.at(-7, 9)
        self.weekly(self.first)

    def series_post(self):
        post, = (event for event in self.events(self.anna)
                 if event["meta"]["_event_uid"] == "weekly@story" and event["post_status"] != "trash")
        return post["ID"]

    def in_the_theme(self, write, text, clock):
        write(theme_event("weekly@story", clock, "weekly"))
        self.note(self.series_post(), text)
        self.comment(self.series_post(), text)

    def assert_words(self, first, *texts, number=3):
        self.assertEqual(len(self.titles(self.anna)), number)
        self.assertEqual(self.notes(), {self.site_time(first): "\n\n".join(texts)})
        self.assertEqual([row[2:] for row in self.comments()], [[text, "1"] for text in texts])
        content = self.content()
        self.sync()
        self.sync("--all", "--full")
        self.assertEqual(self.content(), content)

    def each_theme(self):
        """That wrote the clock of UTC, so that no occurrence has the start of its post, or that of the site."""
        for write in (self.theme.new_caldav, self.theme.old_caldav):
            for clock in (self.utc(self.first), self.first):
                with self.subTest(theme=write.__name__, clock=str(clock)):
                    self.wp.run("foreach ( $ids as $id ) { wp_delete_post( $id, true ); }", ids=self.posts())
                    self.weekly(self.first)
                    self.sync()
                    yield write, clock

    def test_it_goes_to_the_occurrence(self):
        for write, clock in self.each_theme():
            self.in_the_theme(write, "one", clock)
            self.sync()
            self.assert_words(self.first, "one")

    def test_again_and_again(self):
        """What the newest theme deletes for good it deletes with what was written there."""
        for write, clock in self.each_theme():
            for text in ("one", "two", "three"):
                self.in_the_theme(write, text, clock)
                self.sync()
            texts = ("three",) if write == self.theme.new_caldav else ("one", "two", "three")
            self.assert_words(self.first, *texts)

    def test_the_series_is_moved_at_the_same_time(self):
        for write, clock in self.each_theme():
            self.in_the_theme(write, "one", clock)
            self.weekly(self.first.replace(hour=15))
            self.sync()
            self.assert_words(self.first.replace(hour=15), "one")

    def test_the_series_becomes_a_meeting_of_its_own_at_the_same_time(self):
        for write, clock in self.each_theme():
            self.in_the_theme(write, "one", clock)
            self.meet("weekly", self.utc(self.first))
            self.sync()
            self.assert_words(self.first, "one", number=1)

    def test_its_first_occurrence_is_left_out_at_the_same_time(self):
        for write, clock in self.each_theme():
            self.in_the_theme(write, "one", clock)
            self.meet("weekly", self.first.replace(tzinfo=None), tzid="Europe/Amsterdam", lines=[
                "RRULE:FREQ=WEEKLY;COUNT=3", f"EXDATE;TZID=Europe/Amsterdam:{self.first:%Y%m%dT%H%M%S}"])
            self.sync()
            self.assert_words(self.at(0, 9), "one", number=2)

    def test_the_series_is_deleted_at_the_same_time(self):
        for write, clock in self.each_theme():
            self.in_the_theme(write, "one", clock)
            self.account.client.delete("work", "weekly")
            self.sync()
            self.assertEqual(self.titles(self.anna), [])
            self.assertEqual(list(self.notes("trash").values()), ["one"])

    def test_a_pass_without_our_own_tables(self):
        for write, clock in self.each_theme():
            self.in_the_theme(write, "one", clock)
            self.drop_own_tables()
            self.sync()
            self.assert_words(self.first, "one")


class IntoTheTrash(OnCaldav):
    """Comments on an event go into the trash with it and come back, by whoever's hand."""

    def setUp(self):
        super().setUp()
        self.meet("lunch", self.utc(self.at(3)))
        self.sync()
        self.post = self.event(self.anna)["ID"]
        self.comment(self.post, "seen")
        self.comment(self.post, "waits", 0)
        self.before = self.comments()

    def cancel(self):
        self.account.client.delete("work", "lunch")
        self.sync()

    def test_as_wordpress_does(self):
        self.cancel()
        ours = self.event(self.anna)["meta"]["_wp_trash_meta_comments_status"]
        self.assertEqual([row[3] for row in self.comments()], ["post-trashed", "post-trashed"])
        self.wp.run("wp_untrash_post( $id ); return true;", id=self.post)
        self.assertEqual(self.comments(), self.before)
        self.wp.run("wp_trash_post( $id ); return true;", id=self.post)
        self.assertEqual(self.event(self.anna)["meta"]["_wp_trash_meta_comments_status"], ours)

    def test_they_come_back_with_the_meeting(self):
        self.cancel()
        self.meet("lunch", self.utc(self.at(3)))
        self.sync()
        self.assertEqual(self.comments(), self.before)
        self.assertNotIn("_wp_trash_meta_comments_status", self.event(self.anna)["meta"])

    def test_what_wordpress_put_there_comes_back_too(self):
        self.wp.run("wp_trash_post( $id ); return true;", id=self.post)
        self.sync("--all", "--full")
        self.assertEqual(self.event(self.anna)["post_status"], "publish")
        self.assertEqual(self.comments(), self.before)


class GoogleCopies(Notes, OnGoogle):

    def test_copies_that_the_theme_left(self):
        self.calendar.meeting("lunch", self.at(3), summary="Lunch")
        connection = self.connect_work(auto_log=False)
        theme = Theme(self.wp, self.anna, connection["id"])
        for text in ("first", "second"):
            theme.google(theme_event("lunch", self.at(3), "Lunch", calendar_id="primary"))
            self.note(self.posts()[-1], text)
            self.comment(self.posts()[-1], text)
        self.sync()
        self.assertEqual(self.titles(self.anna), ["Lunch"])
        self.assertEqual(self.notes(), {self.site_time(self.at(3)): "first\n\nsecond"})
        self.assertEqual(self.comments(), [["Lunch", "2", "first", "1"], ["Lunch", "2", "second", "1"]])


del OnCaldav, OnGoogle, Story

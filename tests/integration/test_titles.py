# SPDX-License-Identifier: GPL-2.0-or-later
"""What strangers write into titles, beside what WordPress itself stores of it when nobody is logged in."""

import html
import random
import re
from html.parser import HTMLParser

from lib.ics import vevent
from lib.story import Story

TITLES = 300
SEED = 20260115

# As WP-Cron does it: the theme's title, then WordPress's filters for who may not write HTML.
STORED_BY_WORDPRESS = """
wp_set_current_user( 0 );
kses_init();
$stored = array();
foreach ( $titles as $title ) {
	$title    = html_entity_decode( sanitize_text_field( $title ), ENT_QUOTES | ENT_HTML5 );
	$id       = wp_insert_post( wp_slash( array( 'post_type' => 'calendar_event', 'post_status' => 'publish',
		'post_title' => $title, 'post_content' => 'x' ) ) );
	$stored[] = get_post( $id )->post_title;
	wp_delete_post( $id, true );
}
return $stored;
"""

PIECES = (
    "Lunch", " ", "  ", "<", ">", "&lt;", "&gt;", "&amp;lt;", "&#60;", "&#x3c;", "&#62;", "&LT;", "&lt", "/", "!", "!--",
    "--", "-->", "?", "?>", "img", "script", "svg", "b", "i", "a", "p", "iframe", " src=x", " onerror=alert(1)",
    " href=\"javascript:alert(1)\"", " href='https://example.org/'", " title=\"&gt;\"", "\"", "'", "&quot;", "&NewLine;", "&Tab;",
    "&amp;", "&", ";", "=", "1", "é", "🎉", "%3c", "\\", "]]", "[CDATA[", "alert(1)", "&colon;", "x", "http://example.org",
)
KNOWN = (
    "Lunch &lt;img src=x onerror=alert(1)&gt;", "&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;b&gt;bold&lt;/b&gt;",
    "a &lt;img src=x onerror=alert(1)//", "&lt;&lt;b&gt;img src=x onerror=alert(1)&gt;", "&lt;!-- x --&gt;", "a &lt; b",
    "&amp;lt;img src=x onerror=alert(1)&amp;gt;", "&lt;a href=javascript:alert(1)&gt;x&lt;/a&gt;", "R&D", "R&amp;D", "1 &lt; 2 &gt; 1",
    "&lt;svg/onload=alert(1)&gt;", "&#60;img src=x onerror=alert(1)&#62;", "&lt;/title&gt;&lt;script&gt;x", "&lt;?php x ?&gt;",
)


class Markup(HTMLParser):
    """All that a browser finds in a text but text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.found = []
        self.feed(text + "</h1>")
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append(f"<{tag}>")

    def handle_endtag(self, tag):
        self.found.append(f"</{tag}>")

    def handle_comment(self, data):
        self.found.append("comment")

    def handle_decl(self, decl):
        self.found.append("declaration")

    def handle_pi(self, data):
        self.found.append("instruction")

    def unknown_decl(self, data):
        self.found.append("declaration")


def text_of(title):
    """What is left of a title without comments, "<…>", references and blanks: WordPress keeps a few tags, and writes
    characters as references; we do neither."""
    title = re.sub(r"<!--.*?-->", "", title, flags=re.DOTALL)
    title = re.sub(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-f]+);", lambda found: html.unescape(found.group()), title)
    before = None
    while title != before:
        before, title = title, re.sub(r"<[^<>]*>", "", title)
    return re.sub(r"\s", "", title)


class Titles(Story):

    def sent(self):
        chance = random.Random(SEED)
        return list(KNOWN) + ["".join(chance.choices(PIECES, k=chance.randint(1, 9)))
                              for _ in range(TITLES - len(KNOWN))]

    def test_no_title_holds_markup_and_all_say_what_wordpress_stores(self):
        titles = ["T " + title for title in self.sent()]
        anna = self.user()
        account = self.account()
        for number, title in enumerate(titles):
            account.put(f"title{number}", vevent(f"title{number}@story", self.utc(self.at(1)), summary=title),
                        calendar=account.work)
        self.connect(anna, account.connection())
        self.sync()
        ours = {event["meta"]["_event_uid"]: event["post_title"] for event in self.events(anna)}
        theirs = self.wp.run(STORED_BY_WORDPRESS, titles=titles)
        self.assertEqual(len(ours), len(titles))
        for number, (sent, stored) in enumerate(zip(titles, theirs)):
            title = ours[f"title{number}@story"]
            with self.subTest(sent=sent, ours=title, wordpress=stored):
                self.assertEqual(Markup(title).found, ["</h1>"])
                self.assertEqual(text_of(title), text_of(stored))

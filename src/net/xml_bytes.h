/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes the bytes of an XML document such as strict parsers accept. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Hands out a document piece by piece as UTF-8 without anything that XML 1.0 (2.2, "Char") forbids:
 * control characters and references to them are dropped, invalid UTF-8 becomes U+FFFD. One event
 * with a 0x0B byte would cost the whole calendar otherwise. */
typedef struct XmlBytes XmlBytes;

/* `body` is borrowed. A byte order mark and blanks at the beginning are passed over. UTF-16, and
 * charsets that the XML declaration names, are converted unless the bytes are UTF-8 anyway. */
XmlBytes *xml_bytes_new(const char *body, size_t body_bytes);
void xml_bytes_free(XmlBytes *bytes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmlBytes, xml_bytes_free)

/* True when the document, of which nothing was read yet, is empty but for blanks. */
bool xml_bytes_are_blank(const XmlBytes *bytes);

/* True when the document, of which nothing was read yet, begins as XML and not as HTML, JSON or
 * plain text. */
bool xml_bytes_look_like_xml(const XmlBytes *bytes);

/* Fills `buffer` with up to `buffer_bytes` (at least 8) and returns how many; 0 at the end. */
size_t xml_bytes_read(XmlBytes *bytes, char *buffer, size_t buffer_bytes);

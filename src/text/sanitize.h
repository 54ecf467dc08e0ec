/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WordPress's sanitising of what people typed (wp-includes/formatting.php). */
#pragma once

#include <glib.h>
#include <stddef.h>

/* sanitize_text_field(): one line without tags, "%41" octets and needless blanks; "" when it is not
 * valid UTF-8. May hold NUL bytes if the text does. Caller frees. */
GString *sanitize_text_field(const char *bytes, size_t length);

/* sanitize_textarea_field(): the same, but lines and blanks stay. */
GString *sanitize_textarea_field(const char *bytes, size_t length);

/* sanitize_email(): the address without what an address cannot have; "" when none is left. Takes
 * any bytes; caller frees. */
GString *sanitize_email(const char *bytes, size_t length);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program: hands the command line to the command that it names. */
#include <stdio.h>

int main(void)
{
	puts("prm-calendar " PRM_CALENDAR_VERSION);
	return 0;
}

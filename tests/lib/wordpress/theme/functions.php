<?php
// SPDX-License-Identifier: GPL-2.0-or-later
// Stands in for the Personal CRM theme: the post types as it registers them, and its WP-Cron event.

add_action( 'init', function () {
	register_post_type( 'person', array(
		'public'   => false,
		'show_ui'  => true,
		'rewrite'  => false,
		'supports' => array( 'title', 'thumbnail', 'comments', 'author' ),
	) );
	register_post_type( 'calendar_event', array(
		'public'   => false,
		'show_ui'  => false,
		'rewrite'  => false,
		'supports' => array( 'title', 'editor', 'author' ),
	) );
} );

add_filter( 'cron_schedules', function ( $schedules ) {
	$schedules['every_15_minutes'] = array( 'interval' => 900, 'display' => 'Every 15 minutes' );
	return $schedules;
} );

add_action( 'init', function () {
	if ( ! wp_installing() && ! wp_next_scheduled( 'prm_calendar_sync' ) ) {
		wp_schedule_event( time() + 600, 'every_15_minutes', 'prm_calendar_sync' );
	}
} );

<?php
// SPDX-License-Identifier: GPL-2.0-or-later
// What the theme's own "Sync now" and its WP-Cron event do to the rows of one connection, faults and all. The events are those that
// the theme's reader made of the calendar: maps of uid, title, description, location, start, end (its own wall clock, as the theme
// takes it over without converting it), all_day, attendees and raw.

// The newer theme takes this transient before it syncs and leaves alone a connection that somebody else has.
function theme_sync_is_locked( $user_id, $connection_id ) {
	return (bool) get_transient( "prm_sync_lock_{$user_id}_$connection_id" );
}

// Only what is published is found again: a post that WordPress made `future` is stored anew at each sync.
function theme_sync_find( $user_id, $connection_id, $uid ) {
	$found = get_posts( array(
		'post_type'   => 'calendar_event',
		'author'      => $user_id,
		'numberposts' => 1,
		'fields'      => 'ids',
		'meta_query'  => array(
			array( 'key' => '_connection_id', 'value' => $connection_id ),
			array( 'key' => '_event_uid', 'value' => $uid ),
		),
	) );
	return $found ? $found[0] : 0;
}

// The metas are passed on as they are, and WordPress takes off a level of backslashes that nobody put on.
function theme_sync_store( $user_id, $connection_id, $event, $keeps_entities = false ) {
	$title = sanitize_text_field( $event['title'] );
	$post  = array(
		'post_type'    => 'calendar_event',
		'post_status'  => 'publish',
		'post_author'  => $user_id,
		'post_title'   => $keeps_entities ? htmlspecialchars( $title ) : $title,
		'post_content' => sanitize_textarea_field( $event['description'] ?? '' ),
		'post_date'    => $event['start'],
	);
	$id = theme_sync_find( $user_id, $connection_id, $event['uid'] );
	if ( $id ) {
		wp_update_post( array( 'ID' => $id ) + $post );
	} else {
		$id = wp_insert_post( $post );
	}
	$metas = array(
		'_connection_id'   => $connection_id,
		'_event_uid'       => $event['uid'],
		'_calendar_id'     => $event['calendar_id'] ?? '',
		'_calendar_name'   => $event['calendar_name'] ?? '',
		'_start_time'      => $event['start'],
		'_end_time'        => $event['end'],
		'_all_day'         => $event['all_day'] ?? false ? 1 : 0,
		'_location'        => sanitize_text_field( $event['location'] ?? '' ),
		'_meeting_url'     => '',
		'_organizer_email' => '',
		'_attendees'       => wp_json_encode( $event['attendees'] ?? array() ),
		'_matched_people'  => wp_json_encode( $event['matched'] ?? array() ),
		'_raw_data'        => wp_json_encode( $event['raw'] ?? array( 'uid' => $event['uid'], 'summary' => $event['title'] ) ),
	);
	foreach ( $metas as $key => $value ) {
		update_post_meta( $id, $key, $value );
	}
	return $id;
}

// `last_sync` is when the sync ended.
function theme_sync_end( $user_id, $connection_id ) {
	$connections = get_user_meta( $user_id, '_prm_calendar_connections', true );
	foreach ( $connections as &$connection ) {
		if ( $connection_id === $connection['id'] ) {
			$connection['last_sync']  = current_time( 'c' );
			$connection['last_error'] = null;
		}
	}
	unset( $connection );
	update_user_meta( $user_id, '_prm_calendar_connections', wp_slash( $connections ) );
}

function theme_sync_all_events( $user_id, $connection_id ) {
	return get_posts( array(
		'post_type'   => 'calendar_event',
		'author'      => $user_id,
		'numberposts' => -1,
		'post_status' => array( 'publish', 'future' ),
		'meta_key'    => '_connection_id',
		'meta_value'  => $connection_id,
	) );
}

// Older themes: each object is one post under its UID, a series too. Nothing is ever removed.
function theme_sync_old_caldav( $user_id, $connection_id, $events ) {
	foreach ( $events as $event ) {
		theme_sync_store( $user_id, $connection_id, $event );
	}
	theme_sync_end( $user_id, $connection_id );
}

// Newer themes: the same, and what is stored within the window but was not found is deleted for good. Where the server's XML has
// prefixes that the theme does not expect, it finds nothing.
function theme_sync_new_caldav( $user_id, $connection_id, $events ) {
	if ( theme_sync_is_locked( $user_id, $connection_id ) ) {
		return false;
	}
	$found = array_column( $events, 'uid' );
	foreach ( $events as $event ) {
		theme_sync_store( $user_id, $connection_id, $event );
	}
	$from = gmdate( 'Y-m-d H:i:s', time() - 90 * DAY_IN_SECONDS );
	$to   = gmdate( 'Y-m-d H:i:s', time() + 30 * DAY_IN_SECONDS );
	foreach ( theme_sync_all_events( $user_id, $connection_id ) as $post ) {
		$start = get_post_meta( $post->ID, '_start_time', true );
		if ( $start >= $from && $start <= $to && ! in_array( get_post_meta( $post->ID, '_event_uid', true ), $found, true ) ) {
			wp_delete_post( $post->ID, true );
		}
	}
	theme_sync_end( $user_id, $connection_id );
	return true;
}

// Google: titles keep their entities, and event types that are no meetings are stored.
function theme_sync_google( $user_id, $connection_id, $events ) {
	foreach ( $events as $event ) {
		theme_sync_store( $user_id, $connection_id, $event, true );
	}
	theme_sync_end( $user_id, $connection_id );
}

<?php
// SPDX-License-Identifier: GPL-2.0-or-later
// What the theme's own page shows of a person's connections, and what its sync gets out of one, after how the theme joins addresses.

// The list on the page: everything but the credentials.
function theme_page_connections( $user_id ) {
	$connections = get_user_meta( $user_id, '_prm_calendar_connections', true );
	if ( ! is_array( $connections ) ) {
		return array();
	}
	return array_map( function ( $connection ) {
		unset( $connection['credentials'] );
		return $connection;
	}, $connections );
}

// The credentials as its sync opens them, or false.
function theme_open_credentials( $user_id, $connection_id ) {
	foreach ( get_user_meta( $user_id, '_prm_calendar_connections', true ) as $connection ) {
		if ( $connection['id'] !== $connection_id ) {
			continue;
		}
		$box   = base64_decode( $connection['credentials'], true );
		$nonce = substr( $box, 0, SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
		$text  = sodium_crypto_secretbox_open( substr( $box, SODIUM_CRYPTO_SECRETBOX_NONCEBYTES ), $nonce,
			hash( 'sha256', AUTH_KEY . 'prm_calendar', true ) );
		return false === $text ? false : json_decode( $text, true );
	}
	return false;
}

// Where its sync asks for events: `calendar_id` where it is a whole address, else below the account's.
function theme_calendar_url( $user_id, $connection_id ) {
	$credentials = theme_open_credentials( $user_id, $connection_id );
	foreach ( get_user_meta( $user_id, '_prm_calendar_connections', true ) as $connection ) {
		if ( $connection['id'] === $connection_id ) {
			$id = $connection['calendar_id'];
			if ( '' === $id || '/' === $id ) {
				return $credentials['url'];
			}
			return 0 === strpos( $id, 'http' ) ? $id : rtrim( $credentials['url'], '/' ) . '/' . ltrim( $id, '/' );
		}
	}
}

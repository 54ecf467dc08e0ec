<?php
// SPDX-License-Identifier: GPL-2.0-or-later
// Makes what people make in the theme: users, contacts, connections. Functions for helper.php's callers.

function seed_user( $login, $display_name ) {
	$id = wp_insert_user( wp_slash( array(
		'user_login'   => $login,
		'user_pass'    => 'sandbox',
		'user_email'   => "$login@example.org",
		'display_name' => $display_name,
		'role'         => 'editor',
	) ) );
	if ( is_wp_error( $id ) ) {
		throw new RuntimeException( $id->get_error_message() );
	}
	return $id;
}

// A contact as Advanced Custom Fields stores it: each field has a shadow row that names its definition.
function seed_person( $user_id, $first_name, $last_name, $emails = array(), $phone = null ) {
	$id = wp_insert_post( wp_slash( array(
		'post_type'   => 'person',
		'post_status' => 'publish',
		'post_author' => $user_id,
		'post_title'  => trim( "$first_name $last_name" ),
	) ), true );
	if ( is_wp_error( $id ) ) {
		throw new RuntimeException( $id->get_error_message() );
	}
	$contact_info = array();
	foreach ( $emails as $email ) {
		$contact_info[] = array( 'email', 'Work', $email );
	}
	if ( null !== $phone ) {
		$contact_info[] = array( 'phone', 'Mobile', $phone );
	}
	$fields = array( 'first_name' => $first_name, 'last_name' => $last_name, 'contact_info' => count( $contact_info ) );
	foreach ( $contact_info as $row => $values ) {
		foreach ( array( 'contact_type', 'contact_label', 'contact_value' ) as $column => $name ) {
			$fields[ "contact_info_{$row}_$name" ] = $values[ $column ];
		}
	}
	foreach ( $fields as $name => $value ) {
		update_post_meta( $id, $name, wp_slash( $value ) );
		update_post_meta( $id, "_$name", 'field_' . substr( md5( $name ), 0, 13 ) );
	}
	return $id;
}

// data-model: key = SHA-256(AUTH_KEY . salt), box = base64(nonce . secretbox(JSON)).
function seed_credentials( $credentials, $prefix = 'prm' ) {
	$key   = hash( 'sha256', AUTH_KEY . $prefix . '_calendar', true );
	$nonce = random_bytes( SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
	return base64_encode( $nonce . sodium_crypto_secretbox( wp_json_encode( $credentials ), $nonce, $key ) );
}

// Each connection as stored, but for `credentials`: an array is encrypted, a string stored as it is.
function seed_connections( $user_id, $connections, $prefix = 'prm' ) {
	foreach ( $connections as &$connection ) {
		if ( isset( $connection['credentials'] ) && is_array( $connection['credentials'] ) ) {
			$connection['credentials'] = seed_credentials( $connection['credentials'], $prefix );
		}
	}
	unset( $connection );
	update_user_meta( $user_id, "_{$prefix}_calendar_connections", wp_slash( $connections ) );
	return $connections;
}

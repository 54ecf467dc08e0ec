<?php
// SPDX-License-Identifier: GPL-2.0-or-later
// A persistent object cache, for tests, which keeps its entries as well-known drop-ins do (cache-stores.php). What it needs to know is in
// object-cache.json beside it.

class WP_Object_Cache {
	private $store;
	private $local   = array();
	private $ignored = array( 'counts', 'plugins' );

	public function __construct() {
		$settings = json_decode( file_get_contents( __DIR__ . '/object-cache.json' ), true );
		require_once $settings['stores'];
		$this->store = cache_store( $settings );
	}

	public function ignore( $groups ) {
		$this->ignored = array_merge( $this->ignored, (array) $groups );
	}

	private function is_stored( $group ) {
		return ! in_array( $group, $this->ignored, true );
	}

	public function get( $key, $group, $force, &$found ) {
		$found = isset( $this->local[ $group ] ) && array_key_exists( $key, $this->local[ $group ] );
		if ( ( ! $found || $force ) && $this->is_stored( $group ) ) {
			$value = $this->store->get( $key, $group, $found );
			if ( $found ) {
				$this->local[ $group ][ $key ] = $value;
			}
		}
		$value = $found ? $this->local[ $group ][ $key ] : false;
		return is_object( $value ) ? clone $value : $value;
	}

	public function set( $key, $value, $group, $expire ) {
		$this->local[ $group ][ $key ] = is_object( $value ) ? clone $value : $value;
		if ( $this->is_stored( $group ) ) {
			$this->store->set( $key, $group, $value, $expire );
		}
		return true;
	}

	public function delete( $key, $group ) {
		unset( $this->local[ $group ][ $key ] );
		return ! $this->is_stored( $group ) || $this->store->delete( $key, $group );
	}

	// What the next request would not know any more.
	public function forget() {
		$this->local = array();
		return true;
	}

	public function flush() {
		$this->forget();
		return $this->store->flush();
	}
}

function wp_cache_init() {
	$GLOBALS['wp_object_cache'] = new WP_Object_Cache();
}

function wp_cache_get( $key, $group = '', $force = false, &$found = null ) {
	return $GLOBALS['wp_object_cache']->get( $key, $group ?: 'default', $force, $found );
}

function wp_cache_set( $key, $value, $group = '', $expire = 0 ) {
	return $GLOBALS['wp_object_cache']->set( $key, $value, $group ?: 'default', $expire );
}

function wp_cache_add( $key, $value, $group = '', $expire = 0 ) {
	wp_cache_get( $key, $group, false, $found );
	return ! wp_suspend_cache_addition() && ! $found && wp_cache_set( $key, $value, $group, $expire );
}

function wp_cache_replace( $key, $value, $group = '', $expire = 0 ) {
	wp_cache_get( $key, $group, false, $found );
	return $found && wp_cache_set( $key, $value, $group, $expire );
}

function wp_cache_incr( $key, $offset = 1, $group = '' ) {
	return wp_cache_set( $key, (int) wp_cache_get( $key, $group ) + $offset, $group );
}

function wp_cache_decr( $key, $offset = 1, $group = '' ) {
	return wp_cache_incr( $key, -$offset, $group );
}

function wp_cache_delete( $key, $group = '' ) {
	return $GLOBALS['wp_object_cache']->delete( $key, $group ?: 'default' );
}

function wp_cache_flush() {
	return $GLOBALS['wp_object_cache']->flush();
}

function wp_cache_flush_runtime() {
	return $GLOBALS['wp_object_cache']->forget();
}

function wp_cache_supports( $feature ) {
	return 'flush_runtime' === $feature;
}

function wp_cache_add_global_groups( $groups ) {
}

function wp_cache_add_non_persistent_groups( $groups ) {
	$GLOBALS['wp_object_cache']->ignore( $groups );
}

function wp_cache_switch_to_blog( $blog_id ) {
}

function wp_cache_close() {
	return true;
}

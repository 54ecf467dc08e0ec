<?php
// SPDX-License-Identifier: GPL-2.0-or-later
// A persistent object cache in Redis, for tests: names and values on the server are those of the drop-in "Redis Object Cache"
// (rhubarbgroup/redis-cache 2.6) on a single site. What it needs to know is in object-cache.json beside it.

class WP_Object_Cache {
	private $redis;
	private $prefix;
	private $local   = array();
	private $ignored = array( 'counts', 'plugins' );

	public function __construct() {
		global $table_prefix;
		$settings    = json_decode( file_get_contents( __DIR__ . '/object-cache.json' ), true );
		$this->redis = new Redis();
		$this->redis->connect( $settings['socket'] );
		$this->redis->auth( $settings['password'] );
		$this->redis->select( $settings['database'] );
		$this->prefix = $settings['prefix'] . trim( $table_prefix, '_-:$' );
	}

	public function ignore( $groups ) {
		$this->ignored = array_merge( $this->ignored, (array) $groups );
	}

	private function name( $key, $group ) {
		return $this->prefix . ':' . str_replace( ':', '-', $group ?: 'default' ) . ':' . str_replace( ':', '-', $key );
	}

	private function is_stored( $group ) {
		return ! in_array( $group, $this->ignored, true );
	}

	public function get( $key, $group, $force, &$found ) {
		$name  = $this->name( $key, $group );
		$found = array_key_exists( $name, $this->local );
		if ( ( ! $found || $force ) && $this->is_stored( $group ) ) {
			$value = $this->redis->get( $name );
			$found = false !== $value;
			if ( $found ) {
				$this->local[ $name ] = maybe_unserialize( $value );
			}
		}
		$value = $found ? $this->local[ $name ] : false;
		return is_object( $value ) ? clone $value : $value;
	}

	public function set( $key, $value, $group, $expire ) {
		$name                 = $this->name( $key, $group );
		$this->local[ $name ] = is_object( $value ) ? clone $value : $value;
		if ( $this->is_stored( $group ) ) {
			$this->redis->set( $name, maybe_serialize( $value ), $expire > 0 ? array( 'ex' => (int) $expire ) : array() );
		}
		return true;
	}

	public function delete( $key, $group ) {
		$name = $this->name( $key, $group );
		unset( $this->local[ $name ] );
		return ! $this->is_stored( $group ) || $this->redis->del( $name ) > 0;
	}

	// What the next request would not know any more.
	public function forget() {
		$this->local = array();
		return true;
	}

	public function flush() {
		$this->forget();
		return $this->redis->flushDb();
	}
}

function wp_cache_init() {
	$GLOBALS['wp_object_cache'] = new WP_Object_Cache();
}

function wp_cache_get( $key, $group = '', $force = false, &$found = null ) {
	return $GLOBALS['wp_object_cache']->get( $key, $group, $force, $found );
}

function wp_cache_set( $key, $value, $group = '', $expire = 0 ) {
	return $GLOBALS['wp_object_cache']->set( $key, $value, $group, $expire );
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
	return $GLOBALS['wp_object_cache']->delete( $key, $group );
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

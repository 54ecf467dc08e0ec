<?php
use Roots\WPConfig\Config;

Config::define('WP_DEBUG', true);
Config::define('DB_HOST', 'dev-db');

<?php
define( 'MULTISITE', true );
define( 'BLOG_ID_CURRENT_SITE', 3 );

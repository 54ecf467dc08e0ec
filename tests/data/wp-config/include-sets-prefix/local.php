<?php
$table_prefix = 'local_';

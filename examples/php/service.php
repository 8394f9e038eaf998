<?php
// A service published from PHP, served by any PHP SAPI, for example:
//
//     php -S 127.0.0.1:9501 service.php &
//     php heartbeat.php /service/php-hello 9501
//     curl 'http://127.0.0.1:8080/http/service/php-hello/greet?name=ada'

header('Content-Type: application/json');
echo json_encode(['greeting' => 'hello ' . ($_GET['name'] ?? 'world'), 'from' => 'php']);

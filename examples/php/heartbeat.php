<?php
// Keeps a plain HTTP service in the registry: registers it, renews its lease, registers again whenever the
// registry does not know it any more. Runs beside the service until it is stopped.
//
// usage: php heartbeat.php SERVICE PORT [REGISTRY]     default registry http://127.0.0.1:8081
// MOA_TOKEN: the token to show, where the platform asks for one

const TTL_SECONDS = 10;

function registry(string $method, string $path, ?array $body = null): ?array
{
    global $argv;
    $curl = curl_init(($argv[3] ?? 'http://127.0.0.1:8081') . $path);
    $headers = ['Content-Type: application/json'];
    if (getenv('MOA_TOKEN')) {
        $headers[] = 'Authorization: Bearer ' . getenv('MOA_TOKEN');
    }
    curl_setopt_array($curl, [
        CURLOPT_CUSTOMREQUEST => $method,
        CURLOPT_HTTPHEADER => $headers,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 2,
    ]);
    if ($body !== null) {
        curl_setopt($curl, CURLOPT_POSTFIELDS, json_encode($body));
    }
    $reply = curl_exec($curl);
    $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    if ($reply === false || $status >= 400) {
        fwrite(STDERR, "registry: $method $path: " . ($reply === false ? curl_error($curl) : "$status $reply") . "\n");
        return null;
    }
    return json_decode($reply, true) ?? [];
}

if ($argc < 3) {
    fwrite(STDERR, "usage: php heartbeat.php SERVICE PORT [REGISTRY]\n");
    exit(2);
}
$me = null;
while (true) {
    if ($me === null) {
        $me = registry('POST', '/v1/instances', [
            'service' => $argv[1], 'host' => '127.0.0.1', 'port' => (int) $argv[2],
            'protocols' => ['http'], 'ttlSeconds' => TTL_SECONDS,
        ]);
        if ($me !== null) {
            echo "registered {$me['id']}\n";
        }
    } else {
        $leases = registry('PUT', '/v1/leases', ['leases' => [['id' => $me['id'], 'incarnation' => $me['incarnation']]]]);
        if ($leases !== null && $leases['unknown']) {
            $me = null;
            continue;
        }
    }
    usleep(intdiv(TTL_SECONDS * 1_000_000, 3));
}

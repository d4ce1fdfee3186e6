<?php
// Runs the function {{NAME}} of Tencent Cloud SCF: PHP 8, nothing else.
$url = {{URL}};
$host = {{HOST}};
$region = {{REGION}};
$parameters = [
{{PARAMETERS}}
];

$body = json_encode($parameters, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
$now = time();
$day = gmdate('Y-m-d', $now);
$digest = fn ($text) => hash('sha256', $text);
$request = "POST\n/\n\ncontent-type:application/json\nhost:$host\n\ncontent-type;host\n{$digest($body)}";
$text = "TC3-HMAC-SHA256\n$now\n$day/scf/tc3_request\n{$digest($request)}";
$key = 'TC3' . getenv('TENCENTCLOUD_SECRET_KEY');
foreach ([$day, 'scf', 'tc3_request'] as $part) {
    $key = hash_hmac('sha256', $part, $key, true);
}
$signature = hash_hmac('sha256', $text, $key);
$headers = [
    "Host: $host",
    'Content-Type: application/json',
    'X-TC-Action: {{ACTION}}',
    'X-TC-Version: 2018-04-16',
    "X-TC-Region: $region",
    "X-TC-Timestamp: $now",
    'Authorization: TC3-HMAC-SHA256 Credential=' . getenv('TENCENTCLOUD_SECRET_ID')
        . "/$day/scf/tc3_request, SignedHeaders=content-type;host, Signature=$signature",
];
if (getenv('TENCENTCLOUD_TOKEN')) {
    $headers[] = 'X-TC-Token: ' . getenv('TENCENTCLOUD_TOKEN');
}

// A synchronous call may take 300 seconds.
$options = ['method' => 'POST', 'header' => $headers, 'content' => $body, 'timeout' => 310, 'ignore_errors' => true];
$answer = file_get_contents($url, false, stream_context_create(['http' => $options]));
$response = json_decode($answer, true, 512, JSON_THROW_ON_ERROR)['Response'];
if (isset($response['Error'])) {
    fwrite(STDERR, "{$response['Error']['Code']}: {$response['Error']['Message']}\n");
    exit(1);
}
$result = $response['Result'];
if (!in_array($result['InvokeResult'] ?? 0, [0, 200], true) || !empty($result['ErrMsg'])) {
    fwrite(STDERR, "the function failed: {$result['RetMsg']}\n");
    exit(1);
}
echo $result['RetMsg'] ?: $result['FunctionRequestId'], "\n";

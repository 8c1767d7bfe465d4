<?php
// Calls every operation of a plan with the SOAP client of PHP: php soap_calls.php PLAN. Prints one JSON with an outcome for each call.

/** What the client makes of a value by the types of the WSDL; of a class other than the declared one it must be told. */
function build($value)
{
    if (!is_array($value)) {
        return $value;
    }
    if (array_is_list($value)) {
        return array_map('build', $value);
    }
    if (isset($value['base64'])) {
        return base64_decode($value['base64']);
    }
    $made = new stdClass();
    foreach (['attributes', 'elements'] as $part) {
        foreach ($value[$part] as $name => $one) {
            $made->$name = build($one);
        }
    }
    foreach ($value['wrapped'] as $name => $inside) {
        $made->$name = [$inside['item'] => build($inside['items'])];
    }
    return $value['typed'] ? new SoapVar($made, SOAP_ENC_OBJECT, $value['bean'], $value['namespace']) : $made;
}

/** How many words stand in all that was decoded. */
function words($value): int
{
    if ($value === null) {
        return 0;
    }
    if ($value instanceof SoapVar) {
        return words($value->enc_value);
    }
    if (is_array($value) || is_object($value)) {
        return array_sum(array_map('words', array_values((array) $value)));
    }
    return is_string($value) ? count(preg_split('/\s+/u', $value, -1, PREG_SPLIT_NO_EMPTY)) : 1;
}

$plan = json_decode(file_get_contents($argv[1]), true);
$clients = [];
$outcomes = [];
foreach ($plan['calls'] as ['url' => $url, 'operation' => $operation, 'params' => $params]) {
    try {
        $client = $clients[$url] ??= new SoapClient("$url?wsdl", [
            'login' => $plan['login'],
            'password' => $plan['password'],
            'cache_wsdl' => WSDL_CACHE_NONE,
            'trace' => true,
        ]);
        $answer = $client->__soapCall($operation, [array_map('build', $params)]);
        $outcomes[] = ['words' => words($answer), 'sent' => $client->__getLastRequest(), 'received' => $client->__getLastResponse()];
    } catch (SoapFault $fault) {
        $detail = array_keys((array) ($fault->detail ?? []));
        $outcomes[] = $detail === []
            ? ['error' => $fault->getMessage()]
            : ['fault' => $fault->getMessage(), 'detail' => $detail, 'sent' => $client->__getLastRequest()];
    } catch (Throwable $error) {
        $outcomes[] = ['error' => get_class($error) . ': ' . $error->getMessage()];
    }
}
echo json_encode($outcomes, JSON_UNESCAPED_UNICODE | JSON_PARTIAL_OUTPUT_ON_ERROR);

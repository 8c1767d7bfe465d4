#!/usr/bin/env php
<?php
/*
 * Calls the billing of a Vestnik hub over SOAP (SoapClient) and JSON (curl).
 *
 *     VESTNIK_LOGIN=desk VESTNIK_PASSWORD=... php client.php http://HUB:8080 TITLE PARAMETER PAYMENT_TYPE EXTERNAL_ID
 *
 * The arguments, what it does and the exit codes are those of client.py beside it. Needs PHP 8 with soap and curl
 * (Debian: php-cli, php-soap, php-curl).
 */
const CONTRACT = 'ru.bitel.bgbilling.kernel.contract.api/ContractService';
const STATUS = 'ru.bitel.bgbilling.kernel.contract.status/ContractStatusMonitorService';
const PAYMENT = 'ru.bitel.bgbilling.kernel.contract.balance/PaymentService';
const ACTIVE = 0;
const SUSPENDED = 4;

final class Refused extends Exception
{
    /** @param string $name the class by which programs tell refusals apart */
    public function __construct(public readonly string $name, string $message)
    {
        parent::__construct($message);
    }
}

final class Away extends Exception
{
}

final class Hub
{
    private CurlHandle $curl;

    public function __construct(private string $address, private string $login, private string $password)
    {
        $this->address = rtrim($address, '/') . '/executer';
        $this->curl = curl_init();
    }

    /** An operation over JSON. HTTP 200 says only that the call arrived; `status` says how it went. */
    public function call(string $service, string $method, array $params): array
    {
        $user = ['user' => $this->login, 'pswd' => $this->password];
        curl_setopt_array($this->curl, [
            CURLOPT_URL => "$this->address/json/$service",
            CURLOPT_POSTFIELDS => json_encode(['method' => $method, 'user' => $user, 'params' => $params], JSON_THROW_ON_ERROR),
            CURLOPT_HTTPHEADER => ['Content-Type: application/json'],
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 30,
        ]);
        $text = curl_exec($this->curl);
        if ($text === false) {
            throw new Away(curl_error($this->curl));
        }
        $answer = json_decode($text, true, 64, JSON_THROW_ON_ERROR);
        if ($answer['status'] !== 'ok') {
            throw new Refused(substr(strrchr('.' . $answer['exception'], '.'), 1), $answer['message']);
        }
        return $answer['data'];
    }

    public function soap(string $service): SoapClient
    {
        return new SoapClient("$this->address/$service?wsdl", [
            'login' => $this->login,
            'password' => $this->password,
            // One contract or payment in a list stays a list.
            'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
            // While an interface is being tried; PHP keeps WSDLs for a day otherwise.
            'cache_wsdl' => WSDL_CACHE_NONE,
            'connection_timeout' => 30,
        ]);
    }
}

function play(string $address, string $title, int $parameter, int $paymentType, string $externalId): void
{
    [$login, $password] = [getenv('VESTNIK_LOGIN'), getenv('VESTNIK_PASSWORD')];
    if (!$login || !$password) {
        fwrite(STDERR, "set VESTNIK_LOGIN and VESTNIK_PASSWORD\n");
        exit(1);
    }
    $hub = new Hub($address, $login, $password);
    $contracts = $hub->soap(CONTRACT);
    $today = date('Y-m-d');

    $contract = $contracts->contractByTitle(['contractTitle' => $title])->return;
    echo "contract $contract->id: $contract->title, status $contract->status\n";

    $contracts->contractParameterTextUpdate([
        'contractId' => $contract->id,
        'parameter' => ['entityId' => $contract->id, 'entitySpecAttrId' => $parameter, 'value' => 'PHP & Ко'],
    ]);
    $value = $contracts->contractParameterGet(['contractId' => $contract->id, 'parameterId' => $parameter])->return->value;
    echo "parameter $parameter: $value\n";

    // Over JSON, to show both; SoapClient takes externalId, too, since our WSDL declares it and the original's does not.
    $payment = [
        'contractId' => $contract->id,
        'typeId' => $paymentType,
        'date' => $today,
        'sum' => '100.50',
        'comment' => 'example',
        'externalId' => $externalId,
    ];
    foreach (['first', 'again'] as $attempt) {
        [$paid] = $hub->call(PAYMENT, 'paymentUpdate', ['payment' => $payment])['return'];
        echo "payment $attempt: $paid\n";
    }

    $statuses = $hub->soap(STATUS);
    foreach ([SUSPENDED, ACTIVE] as $status) {
        $statuses->changeContractStatus([
            'cid' => [$contract->id],
            'statusId' => $status,
            'dateFrom' => "{$today}T00:00:00",
            'comment' => 'example',
        ]);
        echo 'status: ', $contracts->contractGet(['contractId' => $contract->id])->return->status, "\n";
    }

    $list = $hub->soap(PAYMENT)->paymentList(['contractId' => $contract->id, 'members' => 0]);
    echo 'payments: ', count($list->return), ", in all $list->holderTotalSum\n";

    try {
        $contracts->contractGet(['contractId' => 999999999]);
    } catch (SoapFault $fault) {
        // detail has a child named after the class of the fault.
        echo 'refused: ', array_key_first(get_object_vars($fault->detail)), ": {$fault->getMessage()}\n";
    }
    try {
        $hub->call(CONTRACT, 'contractGet', ['contractId' => 999999999]);
    } catch (Refused $refusal) {
        echo "refused: $refusal->name: {$refusal->getMessage()}\n";
    }
}

if ($argc !== 6) {
    fwrite(STDERR, "use: client.php http[s]://HUB:PORT TITLE PARAMETER PAYMENT_TYPE EXTERNAL_ID\n");
    exit(2);
}
try {
    play($argv[1], $argv[2], (int) $argv[3], (int) $argv[4], $argv[5]);
} catch (Refused $refusal) {
    fwrite(STDERR, "$refusal->name: {$refusal->getMessage()}\n");
    exit(1);
} catch (SoapFault $fault) {
    // SoapClient tells a hub that is away by these codes, in which nothing of the hub's stands.
    $away = in_array($fault->faultcode, ['HTTP', 'WSDL'], true) && !isset($fault->detail);
    fwrite(STDERR, "{$fault->getMessage()}\n");
    exit($away ? 75 : 1);
} catch (Away $away) {
    fwrite(STDERR, "the hub at $argv[1] is away: {$away->getMessage()}\n");
    exit(75);
}

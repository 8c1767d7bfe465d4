/** Rows of the table of spec 7.3 that are told from the address alone: the row's number, an address, and what becomes of it. */
export interface SsrfRow {
  readonly row: number;
  readonly text: string;
  /** `permitted`, or stage and code. */
  readonly expected: string;
}

const rows = (row: number, expected: string, ...texts: readonly string[]): SsrfRow[] => texts.map((text) => ({ row, text, expected }));

const NEVER = '4 address_never';
const PRIVATE = '4 address_private';

export const SSRF_TABLE: readonly SsrfRow[] = [
  ...rows(1, NEVER, 'http://127.0.0.1/'),
  ...rows(2, NEVER, 'http://127.1/'),
  ...rows(3, NEVER, 'http://2130706433/'),
  ...rows(4, NEVER, 'http://0x7f000001/', 'http://0x7f.1/'),
  ...rows(5, NEVER, 'http://0177.0.0.1/', 'http://017700000001/'),
  ...rows(6, NEVER, 'http://①②⑦.0.0.1/', 'http://１２７.０.０.１/'),
  ...rows(7, NEVER, 'http://127。0。0。1/'),
  ...rows(8, NEVER, 'http://%31%32%37.0.0.1/'),
  ...rows(9, NEVER, 'http://127.0.0.1./'),
  ...rows(10, NEVER, 'http://0/', 'http://0.0.0.0/', 'http://0.1.2.3/'),
  ...rows(11, '2 host_local', 'http://localhost/', 'http://LOCALHOST./', 'http://ⓛocalhost/'),
  ...rows(12, '2 host_local', 'http://a.localhost/', 'http://db.internal/', 'http://nas.local/', 'http://router.home.arpa/'),
  ...rows(13, '2 host_single_label', 'http://intranet/'),
  ...rows(14, NEVER, 'http://[::1]/'),
  ...rows(15, NEVER, 'http://[::]/'),
  ...rows(16, NEVER, 'http://[::ffff:127.0.0.1]/'),
  ...rows(17, NEVER, 'http://[::ffff:7f00:1]/'),
  ...rows(18, NEVER, 'http://[::127.0.0.1]/'),
  ...rows(19, NEVER, 'http://[::7f00:1]/'),
  ...rows(20, NEVER, 'http://[::ffff:0:127.0.0.1]/'),
  ...rows(21, NEVER, 'http://[64:ff9b::7f00:1]/'),
  ...rows(22, 'permitted', 'http://[64:ff9b::808:808]/'),
  ...rows(23, NEVER, 'http://[64:ff9b:1::a00:1]/'),
  ...rows(24, NEVER, 'http://[2002:7f00:1::]/', 'http://[2002:808:808::1]/'),
  ...rows(25, NEVER, 'http://[2001:0:53aa:64c::80ff:fffe]/'),
  ...rows(26, NEVER, 'http://[fe80::1]/'),
  ...rows(26, '2 unparsable', 'http://[fe80::1%25eth0]/'),
  ...rows(27, NEVER, 'http://[fec0::1]/'),
  ...rows(28, PRIVATE, 'http://[fd00::1]/'),
  ...rows(29, NEVER, 'http://[fd00:ec2::254]/'),
  ...rows(30, NEVER, 'http://[ff02::1]/'),
  ...rows(31, NEVER, 'http://[2001:db8::1]/', 'http://[3fff::1]/', 'http://[100::1]/', 'http://[5f00::1]/'),
  ...rows(32, NEVER, 'http://[4000::1]/'),
  ...rows(33, 'permitted', 'http://[2606:4700::1111]/'),
  ...rows(34, PRIVATE, 'http://10.0.0.1/', 'http://172.31.255.255/', 'http://192.168.1.1/'),
  ...rows(35, PRIVATE, 'http://100.64.0.1/'),
  ...rows(36, NEVER, 'http://100.100.100.200/'),
  ...rows(37, NEVER, 'http://169.254.169.254/'),
  ...rows(38, NEVER, 'http://168.63.129.16/', 'http://192.0.0.192/'),
  ...rows(39, NEVER, 'http://198.18.0.1/', 'http://192.0.2.1/', 'http://203.0.113.5/'),
  ...rows(40, NEVER, 'http://224.0.0.1/', 'http://240.0.0.1/', 'http://255.255.255.255/'),
  ...rows(41, '2 unparsable', 'http://256.1.1.1/', 'http://1.2.3.4.5/'),
  ...rows(42, '2 user_part', 'http://user:pw@example.com/', 'http://@example.com/'),
  ...rows(43, '2 user_part', 'http://example.com@127.0.0.1/'),
  ...rows(44, '2 fragment', 'http://127.0.0.1#@example.com/', 'http://example.com/#'),
  ...rows(45, '1 characters', 'http://example.com\\@127.0.0.1/'),
  ...rows(46, '1 scheme', 'http:127.0.0.1/', 'https:/127.0.0.1', 'http:///x', '//127.0.0.1/'),
  ...rows(47, '1 characters', 'http://exam\tple.com/', 'http://exam\nple.com/', 'http://example.com/a\r\nb', 'http://example.com/\u0000'),
  ...rows(47, '1 scheme', '\nhttp://example.com/', ' http://example.com/'),
  ...rows(48, '1 scheme', 'ftp://example.com/', 'file:///etc/passwd', 'gopher://a.ru/', 'javascript:alert(1)', 'data:,x'),
  ...rows(49, '2 port', 'http://example.com:0/', 'http://example.com:22/'),
  ...rows(49, '2 unparsable', 'http://example.com:65536/'),
];

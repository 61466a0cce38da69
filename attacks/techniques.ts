/** The techniques of MITRE ATT&CK that records name, so that no id is written from memory. */

/** The release that they were read from: MITRE's STIX data of ATT&CK 17.1, published 6 May 2025. */
export const ATTACK_VERSION = '17.1';

/** Names by id, as in that release, where none of them is revoked or deprecated; a sub-technique's has its parent's before it. */
export const TECHNIQUES: Readonly<Record<string, string>> = {
  T1005: 'Data from Local System',
  T1014: 'Rootkit',
  T1055: 'Process Injection',
  T1068: 'Exploitation for Privilege Escalation',
  T1497: 'Virtualization/Sandbox Evasion',
  'T1542.001': 'Pre-OS Boot: System Firmware',
  'T1562.001': 'Impair Defenses: Disable or Modify Tools',
  'T1562.006': 'Impair Defenses: Indicator Blocking',
  'T1565.002': 'Data Manipulation: Transmitted Data Manipulation',
  'T1565.003': 'Data Manipulation: Runtime Data Manipulation',
  T1574: 'Hijack Execution Flow',
  T1611: 'Escape to Host',
};

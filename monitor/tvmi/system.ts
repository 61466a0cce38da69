import type { System } from '../system.ts';

/** T-VMI as reproduced here. What is published comes from the paper's abstract; the model that fills it is ours. */
export const tvmi: System = {
  name: 'tvmi',
  title: 'T-VMI: trusted virtual machine introspection over TrustZone',
  source: 'Jia, Zhu, Tu: T-VMI, CCGrid 2017, pp. 478-487, DOI 10.1109/CCGRID.2017.48',
  architecture: 'arm64',
  trust: {
    guest: true,
    vmm: true,
    host: true,
    tenants: false,
    trustedBase: ['EL3 monitor', 'secure world', 'boot chain'],
  },
  published: [
    'Integrity of the VMI code by isolation in the secure world of TrustZone.',
    'Correctness of the VMI data by high-privilege-level instructions and a trap mechanism.',
    'Evaluated on the Arm Foundation Model 8.0 and a Juno r0 board; no table of its figures is reproduced here.',
  ],
  ours: [
    'Each boot stage is measured by SHA-256 from EL3 before it runs; a bad measurement stops the boot with a report.',
    'The agent at S-EL1 walks stage 1 and stage 2 itself, from the live registers, in memory closed by a TZASC.',
    "EL2's writes of TTBR0, VBAR, SCTLR, HCR, VTTBR, VTCR and of stage-2 tables go by SMC; EL3 validates each.",
    'Guest writes of TTBRn_EL1, SCTLR_EL1, TCR_EL1 and MAIR_EL1 trap by HCR_EL2.TVM and are forwarded to EL3.',
    'Polls by a secure timer; reports over a secure UART with MAC, nonce and sequence number, checked by a verifier.',
  ],
  limits: [
    'A change that no trap covers, restored before the next poll.',
    "Deception by a changed structure layout (DKSM): the agent reads the guest by its build's layout.",
    'Side channels.',
  ],
  ablations: [
    { name: 'no-secure-memory', meaning: 'the address-space controller stays open over the agent', bit: 0 },
    {
      name: 'no-smc-rewrite',
      meaning: 'the VMM writes its EL2 registers and tables itself; nothing is mediated or scanned',
      bit: 1,
      plainVmm: true,
    },
    { name: 'no-tvm', meaning: "guests' writes of EL1 translation registers are not trapped", bit: 2 },
    { name: 'writable-stage2', meaning: 'the VMM may store to stage-2 tables', bit: 3 },
    { name: 'polling-only', meaning: 'events raise no check; the secure timer alone does', bit: 4 },
    { name: 'no-nonce', meaning: "reports carry no challenge of the verifier's", bit: 5 },
    { name: 'no-argument-check', meaning: 'pointers of secure calls are used as they come', bit: 6 },
    { name: 'no-measured-boot', meaning: 'images run whatever their measurement', bit: 7 },
  ],
  code: 1,
  images: { el3: 'el3-tvmi', vmm: 'vmm-tvmi', agent: 'tvmi-agent' },
};

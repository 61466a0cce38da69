import { type DeviceContext, hex } from '../context.ts';
import type { InterruptLine } from '../device.ts';
import { ActivePriorities, groupPriorityMask } from './active-priorities.ts';
import type { InterruptState } from './interrupts.ts';
import { Gicc, GiccCtlr, IDLE_PRIORITY, NORMAL_HIGHEST, SGIS, SPURIOUS, SPURIOUS_GROUP1 } from './registers.ts';

const SECTION = 'Arm IHI 0048B.b 4.4';
const IIDR = 0x0002_043b;
const INTERRUPT_ID = 0x3ff;
/** Bits of GICC_CTLR that this interface has: no bypass of legacy interrupt signals. */
const CTLR_SECURE =
  GiccCtlr.EnableGrp0 |
  GiccCtlr.EnableGrp1 |
  GiccCtlr.AckCtl |
  GiccCtlr.FIQEn |
  GiccCtlr.CBPR |
  GiccCtlr.EOImodeS |
  GiccCtlr.EOImodeNS;
const CTLR_NO_SECURITY = CTLR_SECURE & ~GiccCtlr.EOImodeNS;
/** EOImodeNS stands at bit 9 of the non-secure view. */
const NS_EOIMODE = 1 << 9;
/** Least binary point of Group 1, one more than Group 0's 0 (4.4.3). */
const MINIMUM_ABPR = 1;

/** One CPU's physical interface (IHI 0048B 4.4). All 8 bits of a priority are implemented: 128 preemption levels. */
export class CpuInterface {
  private readonly cpu: number;
  private readonly state: InterruptState;
  private readonly security: boolean;
  private readonly context: DeviceContext;
  private readonly irq: InterruptLine;
  private readonly fiq: InterruptLine;
  /** GICC_CTLR, secure view. */
  private ctlr = 0;
  private pmr = 0;
  private bpr = 0;
  private abpr = MINIMUM_ABPR;
  private readonly group0 = new ActivePriorities(128);
  private readonly group1 = new ActivePriorities(128);

  constructor(
    cpu: number,
    state: InterruptState,
    security: boolean,
    context: DeviceContext,
    lines: { irq: InterruptLine; fiq: InterruptLine },
  ) {
    this.cpu = cpu;
    this.state = state;
    this.security = security;
    this.context = context;
    this.irq = lines.irq;
    this.fiq = lines.fiq;
  }

  reset(): void {
    this.ctlr = 0;
    this.pmr = 0;
    this.bpr = 0;
    this.abpr = MINIMUM_ABPR;
    this.group0.words.fill(0);
    this.group1.words.fill(0);
  }

  /** Lets the normal world set the priority mask, which it cannot while the mask lies in the secure half (4.4.2). */
  openToNormalWorld(): void {
    this.pmr = NORMAL_HIGHEST;
  }

  /** Drives the interrupt request wires (2.3.1): Group 1 is signalled as IRQ, Group 0 as IRQ or, with FIQEn, as FIQ. */
  update(): void {
    const id = this.signalled();
    const asFiq = id !== SPURIOUS && this.state.groupOf(this.cpu, id) === 0 && (this.ctlr & GiccCtlr.FIQEn) !== 0;
    this.irq.set(id !== SPURIOUS && !asFiq);
    this.fiq.set(asFiq);
  }

  /** The highest-priority pending interrupt if its priority and its group's enable let it be signalled, else 1023. */
  private signalled(): number {
    const id = this.state.highestPending(this.cpu);
    if (id === SPURIOUS) return SPURIOUS;
    if (!this.groupEnabled(id)) return SPURIOUS;
    const group = this.state.groupOf(this.cpu, id);
    const priority = this.state.priorityOf(this.cpu, id);
    const sufficient = priority < this.pmr && ActivePriorities.preempts(priority, this.mask(group), this.running());
    return sufficient ? id : SPURIOUS;
  }

  /** GICC_CTLR enables the interrupt's group. */
  private groupEnabled(id: number): boolean {
    const group1 = this.state.groupOf(this.cpu, id) === 1;
    return (this.ctlr & (group1 ? GiccCtlr.EnableGrp1 : GiccCtlr.EnableGrp0)) !== 0;
  }

  /** Group priority bits of a group (3.3.3): Group 1 has its own binary point unless CBPR is set. */
  private mask(group: number): number {
    return groupPriorityMask(group && !(this.ctlr & GiccCtlr.CBPR) ? this.abpr - 1 : this.bpr);
  }

  private running(): number {
    return Math.min(this.group0.highest(), this.group1.highest());
  }

  read(offset: number, secureAccess: boolean): number {
    const secure = secureAccess || !this.security;
    switch (offset) {
      case Gicc.CTLR:
        return secure ? this.ctlr : this.nonSecureCtlr();
      case Gicc.PMR:
        return secure ? this.pmr : (this.pmr & 0x80) !== 0 ? (this.pmr << 1) & 0xff : 0;
      case Gicc.BPR:
        return secure ? this.bpr : this.nonSecureBpr();
      case Gicc.IAR:
        return this.acknowledge(secure, secure && !(this.ctlr & GiccCtlr.AckCtl) ? 'group0' : 'any');
      case Gicc.RPR:
        return this.runningPriority(secure);
      case Gicc.HPPIR:
        return this.highestPending(secure, secure && !(this.ctlr & GiccCtlr.AckCtl) ? 'group0' : 'any');
      case Gicc.ABPR:
        return secure ? this.abpr : 0;
      case Gicc.AIAR:
        return secure ? this.acknowledge(false, 'any') : 0;
      case Gicc.AHPPIR:
        return secure ? this.highestPending(false, 'any') : 0;
      case Gicc.IIDR:
        return IIDR;
      case Gicc.EOIR:
      case Gicc.AEOIR:
      case Gicc.DIR:
        return 0; // write-only
    }
    const active = this.activeWord(offset, secure);
    if (active) return active.words[active.n] >>> 0;
    this.context.gap(`GICC read at ${hex(offset)}`, SECTION);
    return 0;
  }

  write(offset: number, value: number, secureAccess: boolean): void {
    const secure = secureAccess || !this.security;
    switch (offset) {
      case Gicc.CTLR:
        this.writeCtlr(value, secure);
        return;
      case Gicc.PMR:
        // A non-secure write changes only a mask in the lower half of the range (4.4.2).
        if (secure) this.pmr = value & 0xff;
        else if ((this.pmr & 0x80) !== 0) this.pmr = 0x80 | ((value & 0xff) >> 1);
        return;
      case Gicc.BPR:
        if (secure) this.bpr = value & 7;
        else if (!(this.ctlr & GiccCtlr.CBPR)) this.abpr = Math.max(value & 7, MINIMUM_ABPR);
        return;
      case Gicc.ABPR:
        if (secure) this.abpr = Math.max(value & 7, MINIMUM_ABPR);
        return;
      case Gicc.EOIR:
        this.endOfInterrupt(value & INTERRUPT_ID, secure, secure);
        return;
      case Gicc.AEOIR:
        if (secure) this.endOfInterrupt(value & INTERRUPT_ID, false, true);
        return;
      case Gicc.DIR:
        this.deactivate(value & INTERRUPT_ID, secure);
        return;
      case Gicc.IAR:
      case Gicc.RPR:
      case Gicc.HPPIR:
      case Gicc.AIAR:
      case Gicc.AHPPIR:
      case Gicc.IIDR:
        return; // read-only
    }
    const active = this.activeWord(offset, secure);
    if (active) active.words[active.n] = value;
    else this.context.gap(`GICC write at ${hex(offset)}`, SECTION);
  }

  private nonSecureCtlr(): number {
    return (this.ctlr & GiccCtlr.EnableGrp1 ? 1 : 0) | (this.ctlr & GiccCtlr.EOImodeNS ? NS_EOIMODE : 0);
  }

  private writeCtlr(value: number, secure: boolean): void {
    if (secure) {
      this.ctlr = value & (this.security ? CTLR_SECURE : CTLR_NO_SECURITY);
      return;
    }
    this.ctlr &= ~(GiccCtlr.EnableGrp1 | GiccCtlr.EOImodeNS);
    if (value & 1) this.ctlr |= GiccCtlr.EnableGrp1;
    if (value & NS_EOIMODE) this.ctlr |= GiccCtlr.EOImodeNS;
  }

  /** With CBPR a non-secure read gives the secure binary point plus one, at most 7 (4.4.3). */
  private nonSecureBpr(): number {
    return this.ctlr & GiccCtlr.CBPR ? Math.min(this.bpr + 1, 7) : this.abpr;
  }

  /** A non-secure read sees 0 while the priority lies in the secure half (4.4.6). */
  private runningPriority(secure: boolean): number {
    const running = this.running();
    if (running > 0xff) return IDLE_PRIORITY;
    if (secure) return running;
    return running & 0x80 ? (running << 1) & 0xff : 0;
  }

  /**
   * What an access is told of a pending interrupt: Group 0 is hidden from the non-secure view (1023); a secure access
   * without AckCtl is told of a Group 1 interrupt by 1022 (3.2.5).
   */
  private shown(id: number, secure: boolean, groups: 'group0' | 'any'): number {
    if (id === SPURIOUS) return SPURIOUS;
    const group = this.state.groupOf(this.cpu, id);
    if (group === 0 && !secure) return SPURIOUS;
    if (group === 1 && groups === 'group0') return SPURIOUS_GROUP1;
    return id;
  }

  /** GICC_HPPIR (4.4.8): the priority mask does not count, the group's enable does. */
  private highestPending(secure: boolean, groups: 'group0' | 'any'): number {
    const pending = this.state.highestPending(this.cpu);
    if (pending === SPURIOUS || !this.groupEnabled(pending)) return SPURIOUS;
    const id = this.shown(pending, secure, groups);
    if (id >= SGIS) return id;
    const sources = this.state.sgiSources(this.cpu, id);
    return id | ((31 - Math.clz32(sources & -sources)) << 10);
  }

  /** GICC_IAR (4.4.4). */
  private acknowledge(secure: boolean, groups: 'group0' | 'any'): number {
    const id = this.shown(this.signalled(), secure, groups);
    if (id >= SPURIOUS_GROUP1) return id;
    const group = this.state.groupOf(this.cpu, id);
    const priority = this.state.priorityOf(this.cpu, id) & this.mask(group);
    (group ? this.group1 : this.group0).set(priority);
    return this.state.acknowledge(this.cpu, id);
  }

  /**
   * GICC_EOIR, GICC_AEOIR (4.4.5). A secure end of a Group 1 interrupt without AckCtl is UNPREDICTABLE; it is done here.
   * @param asSecure the groups that the write reaches; `mode` whose EOImode counts
   */
  private endOfInterrupt(id: number, asSecure: boolean, mode: boolean): void {
    if (id >= this.state.count || this.running() > 0xff) return;
    const group = this.state.groupOf(this.cpu, id);
    if (group === 0 && !asSecure) return;
    (group ? this.group1 : this.group0).drop();
    if (!this.splitMode(mode)) this.state.deactivate(this.cpu, id);
  }

  /** GICC_DIR (4.4.17): UNPREDICTABLE, here without effect, while EOImode is 0. */
  private deactivate(id: number, secure: boolean): void {
    if (id >= this.state.count || !this.splitMode(secure)) return;
    if (this.state.groupOf(this.cpu, id) === 0 && !secure) return;
    this.state.deactivate(this.cpu, id);
  }

  private splitMode(secure: boolean): boolean {
    return (this.ctlr & (secure ? GiccCtlr.EOImodeS : GiccCtlr.EOImodeNS)) !== 0;
  }

  /**
   * GICC_APRn, GICC_NSAPRn (4.4.13, 4.4.14). Non-secure accesses see, as GICC_APRn, the levels of the lower half of
   * the priority range, where Group 1 lives.
   */
  private activeWord(offset: number, secure: boolean): { words: Uint32Array; n: number } | undefined {
    const n = (offset & 0xf) >> 2;
    const bank = offset & ~0xf;
    if (bank === Gicc.APR && secure) return { words: this.group0.words, n };
    if (bank === Gicc.NSAPR && secure) return { words: this.group1.words, n };
    if (bank === Gicc.APR && n < 2) return { words: this.group1.words, n: n + 2 };
    if (bank === Gicc.APR || bank === Gicc.NSAPR) return { words: new Uint32Array(1), n: 0 };
    return undefined;
  }

  save(): unknown {
    return {
      registers: [this.ctlr, this.pmr, this.bpr, this.abpr],
      group0: this.group0.words.slice(),
      group1: this.group1.words.slice(),
    };
  }

  restore(state: unknown): void {
    const s = state as { registers: number[]; group0: Uint32Array; group1: Uint32Array };
    [this.ctlr, this.pmr, this.bpr, this.abpr] = s.registers;
    this.group0.words.set(s.group0);
    this.group1.words.set(s.group1);
  }
}

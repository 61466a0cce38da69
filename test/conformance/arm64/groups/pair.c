// Two CPUs: software generated interrupts, banked and shared interrupts, broadcast TLB maintenance, the exclusive
// monitors, events, order of stores. The second CPU does what the first one asks, at EL3, one request at a time.
#include "../gic.h"
#include "../harness.h"

enum request {
  ASK_NOTHING,
  ASK_IDENTITY,
  ASK_INTERFACE,
  ASK_WAIT,
  ASK_FINISH,
  ASK_READ,
  ASK_WRITE,
  ASK_TRANSLATE,
  ASK_LOAD,
  ASK_STORE,
  ASK_COUNT,
  ASK_EVENT
};

/** The mailbox: the first CPU writes operands and then the request, the second answers by clearing the request. */
static volatile struct {
  uint64_t request, operand[3], result[3];
} box;

static volatile uint64_t lock __attribute__((aligned(64))), counter, ready;

void secondary_start(void);
void secondary_main(void);

/** Adds one `times` times to the counter, under a lock made of exclusives. */
static void count(uint64_t times) {
  for (uint64_t i = 0; i < times; i++) {
    uint64_t value, status;
    __asm__ volatile(
        "1:\tldaxr %0, [%2]\n\tcbnz %0, 1b\n\tstxr %w1, %3, [%2]\n\tcbnz %w1, 1b"
        : "=&r"(value), "=&r"(status)
        : "r"(&lock), "r"(UINT64_C(1))
        : "memory");
    counter = counter + 1;
    __asm__ volatile("stlr xzr, [%0]" ::"r"(&lock) : "memory");
  }
}

/** Switches EL3's translation on for this CPU; it stays on, for at the switch a machine may forget what it held. */
static void translate_here(void) {
  WRITE(mair_el3, 0x44ff04);
  WRITE(tcr_el3, TCR_ELX_PLAIN);
  WRITE(ttbr0_el3, root[EL3]);
  WRITE(sctlr_el3, SCTLR_ELX_RES1 | SCTLR_M);
}

static void answer(void) {
  switch (box.request) {
    case ASK_IDENTITY:
      box.result[0] = READ(mpidr_el1);
      box.result[1] = READ(currentel);
      box.result[2] = READ(daif);
      break;
    case ASK_INTERFACE:
      gic_write(GICC, GICC_PMR, 0xf0);
      gic_write(GICC, GICC_CTLR, GICC_CTLR_GRP0 | GICC_CTLR_GRP1 | GICC_CTLR_ACKCTL);
      break;
    case ASK_WAIT:
      // Masked at EL3, the interrupt ends the wait all the same.
      while (!(READ(isr_el1) & 0xc0)) DO("wfi");
      box.result[0] = gic_read(GICC, GICC_IAR);
      box.result[1] = gic_read(GICC, GICC_RPR);
      break;
    case ASK_FINISH:
      gic_write(GICC, GICC_EOIR, (uint32_t)box.operand[0]);
      box.result[0] = gic_read(GICC, GICC_IAR);
      break;
    case ASK_READ:
      box.result[0] = gic_read(box.operand[0], 0);
      break;
    case ASK_WRITE:
      gic_write(box.operand[0], 0, (uint32_t)box.operand[1]);
      break;
    case ASK_TRANSLATE:
      translate_here();
      break;
    case ASK_LOAD:
      box.result[0] = load(box.operand[0]);
      break;
    case ASK_STORE:
      *(volatile uint64_t *)box.operand[0] = box.operand[1];
      break;
    case ASK_COUNT:
      ready = 1;
      count(box.operand[0]);
      break;
    case ASK_EVENT:
      ready = 1;
      DO("wfe\n\twfe");
      break;
    default:
      break;
  }
}

void secondary_main(void) {
  WRITE(scr_el3, SCR_NS | SCR_HCE | SCR_RW | 0x30);
  for (;;) {
    while (box.request == ASK_NOTHING) DO("wfe");
    DO("dmb sy");
    answer();
    DO("dmb sy");
    box.request = ASK_NOTHING;
    DO("dsb sy\n\tsev");
  }
}

static void ask(enum request request, uint64_t a, uint64_t b) {
  box.operand[0] = a;
  box.operand[1] = b;
  DO("dmb sy");
  box.request = request;
  DO("dsb sy\n\tsev");
}

static void await(void) {
  while (box.request != ASK_NOTHING) {
  }
  DO("dmb sy");
}

static uint64_t call(enum request request, uint64_t a, uint64_t b) {
  ask(request, a, b);
  await();
  return box.result[0];
}

static void prepare(void) {
  reset();
  gic_reset();
  gic_on(GICC_CTLR_ACKCTL);
  call(ASK_WRITE, GICD + GICD_ICENABLER, 0xffffffff);
  call(ASK_WRITE, GICD + GICD_CPENDSGIR, 0xffffffff);
  call(ASK_INTERFACE, 0, 0);
}

static void identity(void) {
  call(ASK_IDENTITY, 0, 0);
  line("second CPU", "");
  field("mpidr", box.result[0], 16);
  field("el", box.result[1], 2);
  field("daif", box.result[2], 3);
  end();
}

/** GICD_SGIR.TargetListFilter, and the number of the sender in GICC_IAR. */
static void software_interrupts(void) {
  static const struct {
    const char *name;
    uint32_t sgir;
  } rows[] = {{"to the second", 2u << 16 | 3}, {"to both", 3u << 16 | 4}, {"to all but itself", 1u << 24 | 5}, {"to itself", 2u << 24 | 6}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint32_t id = rows[i].sgir & 15;
    prepare();
    gic_enable((int)id, 0, 0x40);
    call(ASK_WRITE, GICD + GICD_IGROUPR, 0);
    call(ASK_WRITE, GICD + GICD_ISENABLER, 1u << id);
    line("sgi", rows[i].name);
    gic_write(GICD, GICD_SGIR, rows[i].sgir);
    field("pending here", gic_read(GICD, GICD_ISPENDR), 8);
    uint64_t there = call(ASK_READ, GICD + GICD_ISPENDR, 0);
    field("there", there, 8);
    if (there) {
      field("iar", call(ASK_WAIT, 0, 0), 4);
      field("rpr", box.result[1], 2);
      field("then", call(ASK_FINISH, id, 0), 4);
    }
    uint32_t iar = gic_read(GICC, GICC_IAR);
    field("here", iar, 4);
    if (iar < 1020) gic_write(GICC, GICC_EOIR, iar);
    end();
  }
  // The second sends to the first: its number stands in bits 12:10, and the end of interrupt needs it.
  prepare();
  gic_enable(7, 0, 0x40);
  call(ASK_WRITE, GICD + GICD_SGIR, 1u << 16 | 7);
  gic_write(GICD, GICD_SGIR, 2u << 24 | 7);
  line("sgi", "from both");
  field("sources", gic_read(GICD, GICD_SPENDSGIR + 4) >> 24, 2);
  for (int i = 0; i < 3; i++) {
    uint32_t iar = gic_read(GICC, GICC_IAR);
    field("iar", iar, 4);
    if (iar < 1020) gic_write(GICC, GICC_EOIR, iar);
  }
  end();
}

/** Registers of interrupts 0 to 31 are each CPU's own. */
static void banked(void) {
  prepare();
  gic_write(GICD, GICD_ISENABLER, 1u << PPI_VIRTUAL);
  call(ASK_WRITE, GICD + GICD_ISENABLER, 1u << PPI_PHYSICAL);
  gic_write(GICD, GICD_IPRIORITYR + 24, 0x40404040);
  call(ASK_WRITE, GICD + GICD_IPRIORITYR + 24, 0x80808080);
  line("banked", "");
  field("enabled here", gic_read(GICD, GICD_ISENABLER) & 0xffff0000, 8);
  field("there", call(ASK_READ, GICD + GICD_ISENABLER, 0) & 0xffff0000, 8);
  field("priority here", gic_read(GICD, GICD_IPRIORITYR + 24), 8);
  field("there", call(ASK_READ, GICD + GICD_IPRIORITYR + 24, 0), 8);
  field("targets here", gic_read(GICD, GICD_ITARGETSR + 28), 8);
  field("there", call(ASK_READ, GICD + GICD_ITARGETSR + 28, 0), 8);
  end();
}

/** A shared interrupt goes where GICD_ITARGETSR says. */
static void shared(void) {
  enum { SPI = 40 };
  static const struct {
    const char *name;
    uint8_t targets;
  } rows[] = {{"first", 1}, {"second", 2}, {"nobody", 0}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    prepare();
    *(volatile uint8_t *)(GICD + GICD_ITARGETSR + SPI) = rows[i].targets;
    *(volatile uint8_t *)(GICD + GICD_IPRIORITYR + SPI) = 0x40;
    gic_write(GICD, GICD_ISENABLER + 4, 1u << (SPI - 32));
    gic_write(GICD, GICD_ISPENDR + 4, 1u << (SPI - 32));
    line("shared interrupt to", rows[i].name);
    field("targets", *(volatile uint8_t *)(GICD + GICD_ITARGETSR + SPI), 2);
    field("here", gic_read(GICC, GICC_HPPIR), 4);
    field("there", call(ASK_READ, GICC + GICC_HPPIR, 0), 4);
    end();
    gic_write(GICD, GICD_ICPENDR + 4, 1u << (SPI - 32));
    gic_write(GICD, GICD_ICENABLER + 4, 1u << (SPI - 32));
  }
}

/** Inner shareable maintenance reaches the other CPU's TLB, the plain kind does not. */
static void broadcast(void) {
  prepare();
  store(FRAME(0), 0xaaaa);
  store(FRAME(1), 0xbbbb);
  uint64_t *place = map(root[EL3], WINDOW, 3, FRAME(0) | PAGE_RW | DESC_AP_EL0);
  line("TLB of the other CPU", "");
  call(ASK_TRANSLATE, 0, 0);
  field("first", call(ASK_LOAD, WINDOW, 0), 4);
  store((uint64_t)place, FRAME(1) | PAGE_RW | DESC_AP_EL0);
  field("without", call(ASK_LOAD, WINDOW, 0), 4);
  DO("tlbi alle3\n\tdsb sy");
  field("alle3", call(ASK_LOAD, WINDOW, 0), 4);
  DO("tlbi alle3is\n\tdsb sy");
  field("alle3is", call(ASK_LOAD, WINDOW, 0), 4);
  store((uint64_t)place, FRAME(0) | PAGE_RW | DESC_AP_EL0);
  __asm__ volatile("tlbi vae3, %0\n\tdsb sy" ::"r"(WINDOW >> 12) : "memory");
  field("vae3", call(ASK_LOAD, WINDOW, 0), 4);
  __asm__ volatile("tlbi vae3is, %0\n\tdsb sy" ::"r"(WINDOW >> 12) : "memory");
  field("vae3is", call(ASK_LOAD, WINDOW, 0), 4);
  end();
}

static void exclusives(void) {
  static volatile uint64_t word __attribute__((aligned(64)));
  static const struct {
    const char *name;
    uint64_t written;
  } rows[] = {{"nothing", 0}, {"another value", 0x55}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint64_t value, status;
    word = 0x11;
    __asm__ volatile("ldxr %0, [%1]" : "=r"(value) : "r"(&word) : "memory");
    if (rows[i].written) {
      // No exclusive access of our own between, and no exception: the monitor waits.
      box.operand[0] = (uint64_t)&word;
      box.operand[1] = rows[i].written;
      DO("dmb sy");
      box.request = ASK_STORE;
      DO("dsb sy\n\tsev");
      await();
    }
    __asm__ volatile("stxr %w0, %2, [%1]" : "=&r"(status) : "r"(&word), "r"(UINT64_C(0x99)) : "memory");
    line("the other CPU stores", rows[i].name);
    field("loaded", value, 2);
    field("status", status & 1, 1);
    field("word", word, 2);
    end();
  }
  enum { TIMES = 2000 };
  counter = 0;
  ready = 0;
  ask(ASK_COUNT, TIMES, 0);
  while (!ready) {
  }
  count(TIMES);
  await();
  line("both count under a lock", "");
  field("counter", counter, 8);
  end();
}

/** SEV ends the other CPU's WFE; the event register remembers one that came early. */
static void events(void) {
  ready = 0;
  ask(ASK_EVENT, 0, 0);
  while (!ready) {
  }
  while (box.request != ASK_NOTHING) DO("sev");
  line("event", "");
  field("woken", 1, 1);
  end();
}

void group_pair(void) {
  reset();
  *(volatile uint64_t *)SECONDARY_ENTRY = (uint64_t)secondary_start;
  DO("dsb sy\n\tsev");
  identity();
  software_interrupts();
  banked();
  shared();
  broadcast();
  exclusives();
  events();
}

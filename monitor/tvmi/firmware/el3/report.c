/* Reports: one authenticated line each, in the order in which they are made. */
#include "tvmi.h"

#include <rw/console.h>
#include <rw/sha256.h>
#include <rw/string.h>
#include <rw/sysreg.h>

#include <stdarg.h>

#define LINE_SIZE 2048

const struct rw_anchor *const anchor = (const struct rw_anchor *)RW_ANCHOR;

static struct rw_hmac keyed; /* the state after the key, copied for each line */
static uint32_t sequence;
static bool ready;

struct line {
  char text[LINE_SIZE];
  size_t length;
};

static void append(void *context, char character) {
  struct line *line = context;
  if (line->length < sizeof line->text) line->text[line->length++] = character;
}

void report_init(void) {
  if (anchor->magic != RW_ANCHOR_MAGIC) el3_stop("the ROM has no trust anchor");
  rw_hmac_init(&keyed, anchor->key, sizeof anchor->key);
  pl011_init(RW_SECURE_UART);
  ready = true;
}

uint32_t report_count(void) { return sequence; }

uint64_t report_secret(const char *purpose) {
  uint8_t mac[RW_SHA256_SIZE];
  uint64_t secret;
  struct rw_hmac state = keyed;
  rw_hmac_update(&state, purpose, strlen(purpose));
  rw_hmac_update(&state, anchor->nonce, sizeof anchor->nonce);
  rw_hmac_final(&state, mac);
  memcpy(&secret, mac, sizeof secret);
  return secret;
}

static void append_nonce(struct line *line) {
  for (unsigned i = 0; i < sizeof anchor->nonce; i++) rw_format(append, line, "%02x", anchor->nonce[i]);
}

static void append_mac(struct line *line) {
  uint8_t mac[RW_SHA256_SIZE];
  struct rw_hmac state = keyed;
  rw_hmac_update(&state, line->text, line->length);
  rw_hmac_final(&state, mac);
  append(line, ' ');
  for (unsigned i = 0; i < sizeof mac; i++) rw_format(append, line, "%02x", mac[i]);
}

void report_list(const char *component, const char *id, const char *format, va_list arguments) {
  static struct line line;
  if (!ready) return;
  line.length = 0;
  rw_format(append, &line, "RPT1 %08x ", sequence++);
  append_nonce(&line);
  rw_format(append, &line, " %s %s t=%lx", component, id, read_sysreg(cntpct_el0));
  rw_vformat(append, &line, format, arguments);
  append_mac(&line);
  for (size_t i = 0; i < line.length; i++) pl011_put(RW_SECURE_UART, line.text[i]);
  pl011_put(RW_SECURE_UART, '\n');
}

void report(const char *component, const char *id, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  report_list(component, id, format, arguments);
  va_end(arguments);
}

// MRS of every encoding with op0 = 3, at every level: what is defined, what traps, what is undefined. One letter for
// each op2 from 0 to 7: `r` read, `.` undefined, a digit: trapped to that level.
#include "../harness.h"

/** MRS X1 of an encoding. */
#define MRS_X1 UINT32_C(0xd5200001)

static char letter(void) {
  if (done()) return 'r';
  uint64_t ec = observation.esr >> 26;
  if (ec == 0) return '.';
  return ec == 0x18 ? (char)('0' + observation.el) : '?';
}

/**
 * RMR_EL3 is on Cortex-A57 but not on QEMU's; CRn 11 and 15 are an implementation's own.
 */
static int left_out(uint32_t op1, uint32_t crn, uint32_t crm) {
  return (op1 == 6 && crn == 12 && crm == 0) || crn == 11 || crn == 15;
}

void group_scan(void) {
  static const enum mode modes[] = {EL0t, EL1h, EL2h, EL3h};
  reset();
  for (uint32_t op1 = 0; op1 < 8; op1++)
    for (uint32_t crn = 0; crn < 16; crn++)
      for (uint32_t crm = 0; crm < 16; crm++) {
        if (left_out(op1, crn, crm)) continue;
        char letters[4][9];
        int defined = 0;
        for (int m = 0; m < 4; m++) {
          for (uint32_t op2 = 0; op2 < 8; op2++) {
            put_instruction(FRAME(3), MRS_X1 | 3u << 19 | op1 << 16 | crn << 12 | crm << 8 | op2 << 5);
            put_instruction(FRAME(3) + 4, INSTRUCTION_DONE);
            run_at(modes[m], FRAME(3));
            letters[m][op2] = letter();
            if (letters[m][op2] != '.') defined = 1;
          }
          letters[m][8] = 0;
        }
        if (!defined) continue;
        put("s3_");
        put_hex(op1, 1);
        put("_c");
        put_hex(crn, 1);
        put("_c");
        put_hex(crm, 1);
        put(":");
        for (int m = 0; m < 4; m++) {
          put(" ");
          put(letters[m]);
        }
        end();
      }
  reset();
}

/* The text of each process, through its own tables, against the program that the kernel was built with. */
#include <vmi/checks.h>
#include <vmi/tables.h>

#include <rw/layout.h>
#include <rw/page_table.h>
#include <rw/string.h>

/* Text pages of a program; a longer one is looked at so far. */
#define MAX_PAGES 16

struct text {
  const struct vmi_check *check;
  uint64_t pages;
  /* Per page: a frame that was found equal in this round. Processes share most frames. */
  uint64_t sound[MAX_PAGES];
};

static bool page_sound(struct text *text, uint64_t page, uint64_t ipa) {
  static uint8_t buffer[RW_PAGE_SIZE] __attribute__((aligned(sizeof(uint64_t))));
  const struct vmi_check *check = text->check;
  if (text->sound[page] == ipa) return true;
  const uint8_t *live = check->memory->physical(check->memory, ipa, RW_PAGE_SIZE, buffer);
  const uint8_t *built =
      vmi_kernel_at(check->kernel, check->kernel->layout.user_image + page * RW_PAGE_SIZE, RW_PAGE_SIZE);
  check->findings->bytes_compared += RW_PAGE_SIZE;
  if (live == NULL || built == NULL || memcmp(live, built, RW_PAGE_SIZE) != 0) return false;
  text->sound[page] = ipa;
  return true;
}

/* Pages that the process has not touched yet are not mapped. */
static void check_task(struct text *text, const struct vmi_task *task) {
  const struct vmi_space space = {task->ttbr0, text->check->guest->tcr, false};
  for (uint64_t page = 0; page < text->pages; page++) {
    const uint64_t va = text->check->kernel->layout.user_base + page * RW_PAGE_SIZE;
    uint64_t descriptor;
    if (!vmi_leaf(text->check->memory, &space, va, &descriptor)) continue;
    if (page_sound(text, page, descriptor & PT_ADDRESS)) continue;
    vmi_add(text->check, VMI_PROCESS_TEXT, task->pid, va);
    return;
  }
}

void vmi_check_process_text(const struct vmi_check *check) {
  const struct rw_guest_layout *layout = &check->kernel->layout;
  const uint64_t *end =
      (const uint64_t *)vmi_kernel_at(check->kernel, layout->user_image + layout->user_text_end, sizeof *end);
  if (end == NULL || *end < layout->user_base) return;
  struct text text = {.check = check, .pages = (*end - layout->user_base) / RW_PAGE_SIZE};
  if (text.pages > MAX_PAGES) text.pages = MAX_PAGES;
  for (uint32_t i = 0; i < check->view->tasks; i++) check_task(&text, &check->view->task[i]);
}

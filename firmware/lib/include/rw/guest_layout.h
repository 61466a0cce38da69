/*
 * The semantic map of the guest kernel: where its structures stand and how they are laid out. The
 * guest's build fills one `const struct rw_guest_layout` by offsetof and symbol addresses and links
 * it anywhere, 8-byte aligned, into the image. Introspection (tvmi's agent, the VMM's conventional
 * check) finds it in the image by its magic, so no offset is typed twice. tvmi reads it from the
 * measured image in ROM, never from the running guest.
 *
 * All addresses are guest virtual addresses as linked. Lists are doubly linked rings of
 * {next, prev} nodes, the head is a node of its own and belongs to no element.
 *
 * What a kernel with such a map keeps, at each of its instructions, for who looks from outside while it
 * is stopped: who follows `next` from a head comes back to it; a task is in the list before it is ready
 * or runs, and leaves it after it ran last; a module is in the list before its code is executable, and
 * leaves it after it was executable last; what the kernel itself maps executable is its text and its
 * modules, and a process's text is that of its program.
 */
#ifndef RW_GUEST_LAYOUT_H
#define RW_GUEST_LAYOUT_H

#include <stdint.h>

#define RW_GUEST_LAYOUT_MAGIC 0x314c4757524e4952ull /* "RINRWGL1" */

struct rw_guest_layout {
  uint64_t magic;
  uint32_t size; /* sizeof this structure */
  uint32_t name_size; /* bytes of a task's or module's name field */

  uint64_t image_start; /* link address of the image's first byte */
  uint64_t text_start;  /* kernel text and constants that never change after boot */
  uint64_t text_end;
  uint64_t vectors; /* what VBAR_EL1 must hold */
  uint64_t syscall_table; /* array of handler addresses */
  uint64_t syscall_count;

  uint64_t task_list; /* head of all tasks */
  uint64_t run_queue; /* head of the tasks that are ready, apart from the current one */
  uint64_t current;   /* pointer to the task that runs, 0 before the first */
  uint64_t module_list; /* head of loaded modules */

  uint32_t task_list_node; /* offsets within a task */
  uint32_t task_run_node;
  uint32_t task_pid;   /* u32 */
  uint32_t task_state; /* u32 */
  uint32_t task_name;
  uint32_t task_ttbr0; /* u64: the task's TTBR0_EL1, 0 for a kernel thread */

  uint32_t module_node; /* offsets within a module */
  uint32_t module_name;
  uint32_t module_base; /* u64 */
  uint32_t module_bytes; /* u64 */

  uint32_t task_sleep;   /* offset within a task, u64: timer ticks that it still sleeps */
  uint32_t task_waiting; /* value of task_state for a task that sleeps or waits */

  /* The program of all processes: where the kernel's image holds it, where a process has it, and the
   * offset in it of a u64 that says at which process address its text ends. */
  uint64_t user_image;
  uint64_t user_base;
  uint64_t user_text_end;
};

#endif

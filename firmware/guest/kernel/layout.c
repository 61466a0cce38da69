/* Where this build's structures stand and how they are laid out, for whoever looks at the kernel from outside. */
#include <guest/kernel.h>

extern const uint8_t rw_image_start[], rw_text_start[], rw_text_end[], kernel_vectors[];

__attribute__((section(".rodata.layout"), used, aligned(8))) const struct rw_guest_layout rw_layout = {
    .magic = RW_GUEST_LAYOUT_MAGIC,
    .size = sizeof(struct rw_guest_layout),
    .name_size = TASK_NAME,
    .image_start = (uint64_t)rw_image_start,
    .text_start = (uint64_t)rw_text_start,
    .text_end = (uint64_t)rw_text_end,
    .vectors = (uint64_t)kernel_vectors,
    .syscall_table = (uint64_t)syscall_table,
    .syscall_count = SYS_COUNT,
    .task_list = (uint64_t)&task_list,
    .run_queue = (uint64_t)&run_queue,
    .current = (uint64_t)&current_task,
    .module_list = (uint64_t)&module_list,
    .task_list_node = offsetof(struct task, tasks),
    .task_run_node = offsetof(struct task, run),
    .task_pid = offsetof(struct task, pid),
    .task_state = offsetof(struct task, state),
    .task_name = offsetof(struct task, name),
    .task_ttbr0 = offsetof(struct task, ttbr0),
    .module_node = offsetof(struct module, node),
    .module_name = offsetof(struct module, name),
    .module_base = offsetof(struct module, base),
    .module_bytes = offsetof(struct module, size),
    .task_sleep = offsetof(struct task, sleep_ticks),
    .task_waiting = TASK_WAITING,
    .user_image = (uint64_t)&user_image,
    .user_base = USER_IMAGE,
    .user_text_end = offsetof(struct user_image, data),
};

/* Between the guest's kernel and its processes. */
#ifndef GUEST_ABI_H
#define GUEST_ABI_H

/* System calls by SVC #0: x8 = number, x0-x2 = arguments, x0 = result (negative: an error). */
#define SYS_NULL 0
#define SYS_GETPID 1
#define SYS_WRITE 2         /* (text, bytes) */
#define SYS_EXIT 3          /* (value), does not return */
#define SYS_SPAWN 4         /* (name, function, argument) -> pid */
#define SYS_TRY_WAIT 5      /* (pid, u64 *exit value) -> 1 it has exited and is gone now, 0 it runs */
#define SYS_YIELD 6         /* () */
#define SYS_SLEEP 7         /* (timer ticks) */
#define SYS_PIPE 8          /* () -> pipe */
#define SYS_PIPE_READ 9     /* (pipe, buffer, bytes) -> bytes, at least one; waits for them */
#define SYS_PIPE_WRITE 10   /* (pipe, buffer, bytes) -> bytes; waits for room */
#define SYS_MODULE_POLL 11  /* () -> handle of a module to load, 0 = none */
#define SYS_MODULE_LOAD 12  /* (handle) -> 0 */
#define SYS_BOOT_INFO 13    /* (BOOT_*) -> value */
#define SYS_HEAP_RELEASE 14 /* () gives the process's heap pages back */
#define SYS_MESSAGE_SEND 15 /* (value) to the other guest, through a shared page */
#define SYS_MESSAGE_WAIT 16 /* () -> value that the other guest sent */
#define SYS_SHUTDOWN 17     /* (code), does not return */
#define SYS_MODULE_INSTALL 18 /* () -> result of the kernel's own module */
#define SYS_MODULE_REMOVE 19  /* () -> 0 */
#define SYS_COUNT 20

/* Fields of SYS_BOOT_INFO. */
#define BOOT_GUEST 0
#define BOOT_WORKLOAD 1
#define BOOT_ROUNDS 2
#define BOOT_SEED 3

#define ERROR_CALL (-1)     /* no such system call */
#define ERROR_ADDRESS (-2)  /* not the process's memory */
#define ERROR_ARGUMENT (-3)
#define ERROR_RESOURCE (-4) /* no task, page or pipe left */

/* A process's address space. Text and data come from the user image; heap and stack are made when touched. */
#define USER_IMAGE 0x00400000
#define USER_HEAP 0x10000000
#define USER_HEAP_SIZE 0x00100000
#define USER_STACK_TOP 0x80000000
#define USER_STACK_SIZE 0x00010000

#define USER_MAGIC 0x5245535552574752 /* first word of the user image */

#ifndef __ASSEMBLER__
#include <stdint.h>

/* First bytes of the user image (user/start.S); addresses are virtual. */
struct user_image {
  uint64_t magic;
  uint64_t entry; /* where a process starts: x0 = function, x1 = argument */
  uint64_t init;  /* function of the first process */
  uint64_t data;  /* first byte of writable data, page aligned; text and constants before it */
  uint64_t data_end; /* end of what the image holds */
  uint64_t bss_end;
};
#endif

#endif

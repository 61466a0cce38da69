/* One word from guest 0 to guest 1, through a page that the VMM shares, announced on the event channel. */
#include <guest/kernel.h>

#define MESSAGE_MAGIC 0x6d65737361676521ull
#define SENDER 0
#define RECEIVER 1

struct message {
  uint64_t magic;
  uint64_t value;
};

static bool arrived;

int64_t message_send(uint64_t value) {
  if (boot_info->guest != SENDER) return ERROR_CALL;
  struct message *message = page_get_kernel();
  if (message == NULL) return ERROR_RESOURCE;
  *message = (struct message){MESSAGE_MAGIC, value};
  const int64_t at = rw_hypercall(RW_HVC_MEMORY_SHARE, TO_PHYSICAL(message), RECEIVER, 0);
  if (at != RW_GUEST_IPA_SHARED) return ERROR_RESOURCE;
  return rw_hypercall(RW_HVC_EVENT_SEND, RECEIVER, 0, 0);
}

void message_event(void) {
  arrived = true;
  scheduler_wake(&arrived);
}

int64_t message_wait(void) {
  while (!arrived) scheduler_wait(&arrived);
  const volatile struct message *message = TO_VIRTUAL(RW_GUEST_IPA_SHARED);
  return message->magic == MESSAGE_MAGIC ? (int64_t)message->value : ERROR_ADDRESS;
}
